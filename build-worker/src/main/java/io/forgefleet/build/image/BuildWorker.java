package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.plan.BuildPlanner;
import io.forgefleet.build.plan.CacheKey;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.build.tar.ImageTars;
import io.forgefleet.build.trust.Declaration;
import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.build.trust.Strangers;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the images of one commit: truth about its ref, what it declares, tags, builds, truth again, pushes. Every public
 * effect comes after {@link Run#ensureHeld} and is the worker's own; BuildKit itself writes cache refs only. Thread-safe.
 */
public final class BuildWorker implements Worker {

    private final Workplaces workplaces;
    private final Builders builders;
    private final BuiltImages kept;
    private final ImageTars tars;
    private final Intervals intervals;
    private final BuildMeters meters;
    private final Endings endings;
    private final RefTruth truth = new RefTruth();

    public BuildWorker(
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
        long began = System.nanoTime();
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "the planner gives a commit");
        Workplace place = workplaces
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        run.begin("fetch");
        RefTruth.Found found = truth.learn(place, run, commit);
        if (found.source().trust() == TrustClass.PROTECTED) {
            run.beyondRecall(); // what has begun of a protected branch is never cancelled
        }
        // a stranger's commit could name any private repository as its submodule
        boolean trusted = found.source().trust() != TrustClass.FORK;
        SideTask<Checkout> checkout = new SideTask<>(() -> place.mirror().checkout(commit, trusted));
        try {
            return images(run, place, found, commit, checkout, began);
        } finally {
            Optional<Checkout> left = checkout.end();
            if (left.isPresent()) {
                left.get().close();
            }
        }
    }

    private Outcome images(
            Run run, Workplace place, RefTruth.Found found, CommitId commit, SideTask<Checkout> checkout, long began)
            throws Exception {
        Source source = found.source();
        CommitFiles files = place.mirror().read(commit, DeclaredImages.PATHS);
        RepositoryFile declared = Declaration.of(place, source, files);
        if (!declared.ciImages().isEmpty() && source.trust() != TrustClass.FORK) {
            run.leave(WorkerKind.BUILD, BuildPlanner.CI_IMAGES, List.of(), List.of());
        }
        requireImages(declared);
        Builders.Choice choice = BuilderChoice.of(builders, source.trust(), declared.images());
        List<ImageName> names = declared.images().stream()
                .map(spec -> place.name(spec, declared.images().size()))
                .toList();
        SideTask<CachePlan> caches = new SideTask<>(() -> CachePlan.of(
                place, CacheRefs.of(source, found.defaultBranch(), cacheKey(place, commit, declared)), names));
        try {
            TagSearch search = new TagSearch(run, place, source, commit, names.size());
            List<Target> targets = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                targets.add(search.find(declared.images().get(i), names.get(i)));
            }
            List<Target> missing =
                    targets.stream().filter(target -> target.present() == null).toList();
            Publication publication = new Publication(run, place, source, commit, choice, tars);
            if (missing.isEmpty()) {
                publication.publish(targets, Map.of());
                return Outcome.of(Reason.SUCCEEDED, message(targets, null, null, System.nanoTime() - began));
            }
            if (source.trust() == TrustClass.FORK) {
                PullRequestState now = found.pullRequest()
                        .orElseThrow(() -> new RunEndedException(
                                Reason.SKIPPED, "not built: the forge does not say what this pull request is"));
                run.log("built because " + Strangers.requireApproval(place, run.event(), now, commit));
            }
            run.begin("build "
                    + String.join(", ", missing.stream().map(Target::tagged).toList()));
            TargetRecipe recipe = new TargetRecipe(run, place, source, commit, files.committedAt());
            ImageBuild build = new ImageBuild(run, place, recipe, source.trust(), choice, kept, intervals.runTimeout());
            ImageBuild.Done done = build.build(missing, checkout, caches);
            try (CacheExport export = done.caches()) {
                publication.publish(targets, done.images());
                publication.record(export);
            }
            long took = System.nanoTime() - began;
            CachedBytes bytes = CachedBytes.of(place, done);
            meters.built(done.report(), bytes, source.trust());
            return Outcome.of(Reason.SUCCEEDED, message(targets, done.report(), bytes, took));
        } finally {
            caches.end();
        }
    }

    private static Optional<CacheKey> cacheKey(Workplace place, CommitId commit, RepositoryFile declared)
            throws ClientException, InterruptedException {
        return declared.cacheKey().isEmpty()
                ? Optional.empty()
                : CacheKey.of(place.mirror()
                        .files(commit, path -> declared.cacheKey().stream().anyMatch(glob -> glob.matches(path))));
    }

    private static void requireImages(RepositoryFile declared) throws RunEndedException {
        if (declared.images().isEmpty()) {
            // a commit that asks for nothing got what it asked for; any other word turns it red on the forge
            throw new RunEndedException(
                    Reason.SUCCEEDED, "nothing to build: there is no Dockerfile, and no image in .forgefleet.yml");
        }
    }

    private static String message(
            List<Target> targets, BuildResult.@Nullable Report report, @Nullable CachedBytes bytes, long nanos) {
        String tag = targets.getFirst().tag();
        String images = targets.size() == 1 ? "1 image" : targets.size() + " images";
        if (targets.stream().allMatch(target -> target.present() != null)) {
            return tag + " was there already (" + images + ")";
        }
        String hits = report == null || report.steps() == 0
                ? ""
                : ", " + 100 * report.cachedSteps() / report.steps() + "% cached" + (bytes == null ? "" : ", " + bytes);
        return "pushed " + tag + " (" + images + hits + ") in " + String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
