package io.forgefleet.build.release;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.BuildMeters;
import io.forgefleet.build.image.BuilderChoice;
import io.forgefleet.build.image.CacheExport;
import io.forgefleet.build.image.CachePlan;
import io.forgefleet.build.image.CachedBytes;
import io.forgefleet.build.image.Endings;
import io.forgefleet.build.image.ImageBuild;
import io.forgefleet.build.image.Publication;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.image.TargetRecipe;
import io.forgefleet.build.plan.CacheKey;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.build.tar.ImageTars;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.events.RefName;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Builds the images of a tag for a release worker, which gives them their tags when it has seen to them. Thread-safe. */
public final class ReleaseImages implements Worker {

    private final Workplaces workplaces;
    private final Builders builders;
    private final BuiltImages kept;
    private final ImageTars tars;
    private final Intervals intervals;
    private final BuildMeters meters;
    private final Endings endings;

    public ReleaseImages(
            Workplaces workplaces,
            Builders builders,
            BuiltImages kept,
            ImageTars tars,
            Intervals intervals,
            MeterRegistry registry) {
        this.workplaces = workplaces;
        this.builders = builders;
        this.kept = kept;
        this.tars = tars;
        this.intervals = intervals;
        this.meters = new BuildMeters(registry);
        this.endings = new Endings(kept, new Attempts(intervals.attempts()));
    }

    @Override
    public Outcome work(Run run) throws Exception {
        return endings.of(run, () -> images(run));
    }

    private Outcome images(Run run) throws Exception {
        run.begin("fetch");
        TaggedCommit tagged = TaggedCommit.of(run, workplaces);
        Workplace place = tagged.place();
        List<ImageSpec> specs = tagged.declared().images().stream()
                .map(image -> tagged.release().platforms().isEmpty()
                        ? image
                        : image.onPlatforms(tagged.release().platforms()))
                .toList();
        List<Target> targets = specs.stream()
                .map(spec -> new Target(
                        spec, place.name(spec, specs.size()), tagged.version().toString(), null, null))
                .toList();
        Builders.Choice choice = BuilderChoice.of(builders, TrustClass.PROTECTED, specs);
        CacheRefs refs = CacheRefs.of(tagged.source(), defaultBranch(place), cacheKey(tagged));
        SideTask<Checkout> checkout = new SideTask<>(() -> place.mirror().checkout(tagged.commit(), true));
        SideTask<CachePlan> caches = new SideTask<>(() ->
                CachePlan.of(place, refs, targets.stream().map(Target::name).toList()));
        try {
            run.begin("build " + specs.stream().map(ImageSpec::name).collect(Collectors.joining(", ")));
            TargetRecipe recipe = new TargetRecipe(
                    run, place, tagged.source(), tagged.commit(), tagged.files().committedAt());
            ImageBuild.Done done = new ImageBuild(
                            run, place, recipe, TrustClass.PROTECTED, choice, kept, intervals.runTimeout())
                    .build(targets, checkout, caches);
            Publication publication = new Publication(run, place, tagged.source(), tagged.commit(), choice, tars);
            try (CacheExport export = done.caches()) {
                List<PushedImage> staged = publication.stage(done.images());
                publication.record(export);
                meters.built(done.report(), CachedBytes.of(place, done), TrustClass.PROTECTED);
                return Outcome.of(
                        Reason.SUCCEEDED,
                        staged.stream()
                                .map(image -> image.name() + " is " + image.digest())
                                .collect(Collectors.joining(", ")));
            }
        } finally {
            caches.end();
            Optional<Checkout> left = checkout.end();
            if (left.isPresent()) {
                left.get().close();
            }
        }
    }

    /** Whose caches warm a release. */
    private static Source.Branch defaultBranch(Workplace place) throws ClientException, InterruptedException {
        String name = place.mirror().defaultBranch().orElse("refs/heads/main");
        return new Source.Branch(new RefName(name), true, true);
    }

    private static Optional<CacheKey> cacheKey(TaggedCommit tagged) throws ClientException, InterruptedException {
        return tagged.declared().cacheKey().isEmpty()
                ? Optional.empty()
                : CacheKey.of(
                        tagged.place().mirror().files(tagged.commit(), path -> tagged.declared().cacheKey().stream()
                                .anyMatch(glob -> glob.matches(path))));
    }
}
