package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.build.plan.DeclaredImages;
import io.forgefleet.build.plan.Source;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildResult.Built;
import io.forgefleet.clients.engine.EngineInfo;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.LedgerEntry;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.work.DependencyAwayException;
import io.forgefleet.runtime.work.RetryableException;
import io.forgefleet.runtime.work.Run;
import io.forgefleet.runtime.work.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes the images of one commit: truth about its ref, what it declares, tags, builds, truth again, pushes. Every public
 * effect comes after {@link Run#ensureHeld} and is the worker's own; BuildKit itself writes cache refs only. Thread-safe.
 */
public final class BuildWorker implements Worker {

    private final Workplaces workplaces;
    private final Builders builders;
    private final BuiltImages kept;
    private final Intervals intervals;
    private final BuildMeters meters;
    private final RefTruth truth = new RefTruth();

    public BuildWorker(
            Workplaces workplaces, Builders builders, BuiltImages kept, Intervals intervals, MeterRegistry registry) {
        this.workplaces = workplaces;
        this.builders = builders;
        this.kept = kept;
        this.intervals = intervals;
        this.meters = new BuildMeters(registry);
    }

    @Override
    public Outcome work(Run run) throws Exception {
        boolean again = false;
        try {
            return images(run);
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (ClientException e) {
            if (!e.retryable() && e.kind() != ClientException.Kind.UNAUTHORIZED) {
                return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
            }
            again = run.attempt() < intervals.attempts();
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        } catch (DependencyAwayException e) {
            again = true;
            throw e;
        } finally {
            if (!again) {
                kept.drop(run.id());
            }
        }
    }

    private Outcome images(Run run) throws Exception {
        long began = System.nanoTime();
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "the planner gives a commit");
        Workplace place = workplaces
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        refuseForks(run);
        run.begin("fetch");
        RefTruth.Found found = truth.learn(place, run, commit);
        Builders.Choice choice = builders.choose(found.source().trust())
                .orElseThrow(
                        () -> new RunEndedException(Reason.SKIPPED, "no builder takes builds of this trust class"));
        SideTask<Checkout> checkout = new SideTask<>(() -> place.mirror().checkout(commit, true));
        try {
            CommitFiles files = place.mirror().read(commit, DeclaredImages.PATHS);
            List<ImageSpec> specs = declared(files);
            TagSearch search = new TagSearch(run, place, found.source(), commit);
            List<Target> targets = new ArrayList<>();
            for (ImageSpec spec : specs) {
                targets.add(search.find(spec, place.name(spec, specs.size())));
            }
            ImageBuild build = new ImageBuild(
                    run, place, found, commit, files.committedAt(), choice, kept, intervals.runTimeout());
            List<Built> built = new ArrayList<>();
            for (Target target : targets) {
                if (target.present() == null) {
                    run.begin("build " + target.tagged());
                    Built made = build.build(target, checkout);
                    meters.built(made.report(), found.source().trust());
                    built.add(made);
                }
            }
            publish(run, place, found, commit, choice, targets, built);
            return Outcome.of(Reason.SUCCEEDED, message(targets, built, System.nanoTime() - began));
        } finally {
            Optional<Checkout> left = checkout.end();
            if (left.isPresent()) {
                left.get().close();
            }
        }
    }

    private static void refuseForks(Run run) throws RunEndedException {
        if (run.event() instanceof PullRequestEvent request && request.fork()) {
            throw RefTruth.ofFork();
        }
    }

    private static List<ImageSpec> declared(CommitFiles files) throws RunEndedException {
        try {
            List<ImageSpec> specs = DeclaredImages.of(files.files());
            if (specs.isEmpty()) {
                // a commit that asks for nothing got what it asked for; any other word turns it red on the forge
                throw new RunEndedException(
                        Reason.SUCCEEDED, "nothing to build: there is no Dockerfile, and no image in .forgefleet.yml");
            }
            return specs;
        } catch (RepositoryFileException e) {
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.errors()));
        }
    }

    private void publish(
            Run run,
            Workplace place,
            RefTruth.Found found,
            CommitId commit,
            Builders.Choice choice,
            List<Target> targets,
            List<Built> built)
            throws Exception {
        Source source = found.source();
        if (!built.isEmpty()) {
            run.begin("push");
            truth.confirm(place, run, source, commit);
        }
        int next = 0;
        Map<Target, SideTask<Optional<Digest>>> caches = new HashMap<>();
        for (Target target : targets) {
            if (target.present() == null) {
                caches.put(target, new SideTask<>(() -> place.registry()
                        .digest(target.name().repository(), cacheTag(found))));
            }
        }
        for (Target target : targets) {
            Digest digest = target.present();
            if (digest == null) {
                digest = built.get(next++).digest();
                push(run, place, choice, target, digest);
            }
            boolean reused = target.present() != null;
            LedgerEntry entry = entry(run, target, commit, digest, source.trust(), List.of(target.tag()));
            run.pushed(
                    new PushedImage(target.spec().name(), target.name().reference(), target.tag(), digest, reused),
                    entry);
            if (source instanceof Source.Branch branch && branch.isDefault()) {
                run.begin("latest");
                if (new LatestTag(run, place, branch, commit).advance(target, digest)) {
                    run.record(entry(run, target, commit, digest, source.trust(), List.of(target.tag(), "latest")));
                }
            }
            if (!reused) {
                recordCache(
                        run,
                        found,
                        commit,
                        target,
                        Objects.requireNonNull(caches.get(target)).await());
            }
        }
    }

    private static void push(Run run, Workplace place, Builders.Choice choice, Target target, Digest digest)
            throws Exception {
        run.ensureHeld();
        Digest pushed = choice.builder().push(target.name().reference(), target.tag(), run::log);
        Digest read = place.registry()
                .digest(target.name().repository(), target.tag())
                .orElse(pushed);
        if (!pushed.equals(digest) || !read.equals(digest)) {
            throw new RunEndedException(
                    Reason.FAILED,
                    target.tagged() + " is " + read + " in the registry, but " + digest + " was built: "
                            + EngineInfo.CONTAINERD_ADVICE);
        }
        run.detail(digest.value());
    }

    /** What BuildKit wrote beside the image: whoever tidies the registry has to know that digest too. */
    private static void recordCache(
            Run run, RefTruth.Found found, CommitId commit, Target target, Optional<Digest> cache)
            throws InterruptedException {
        if (cache.isPresent()) {
            run.record(new LedgerEntry(
                    cache.get(),
                    run.id(),
                    LedgerEntry.Kind.CACHE,
                    target.name().reference(),
                    List.of(cacheTag(found)),
                    run.subject().repository(),
                    commit,
                    run.subject().pullRequest(),
                    found.source().trust(),
                    Instant.now()));
        } else {
            run.log("warning: the cache was not written, the next build starts without it");
        }
    }

    private static String cacheTag(RefTruth.Found found) {
        return CacheRefs.of(found.source(), found.defaultBranch()).write();
    }

    private static LedgerEntry entry(
            Run run, Target target, CommitId commit, Digest digest, TrustClass trust, List<String> tags) {
        return new LedgerEntry(
                digest,
                run.id(),
                LedgerEntry.Kind.IMAGE,
                target.name().reference(),
                tags,
                run.subject().repository(),
                commit,
                run.subject().pullRequest(),
                trust,
                Instant.now());
    }

    private static String message(List<Target> targets, List<Built> built, long nanos) {
        String tag = targets.getFirst().tag();
        String images = targets.size() == 1 ? "1 image" : targets.size() + " images";
        if (built.isEmpty()) {
            return tag + " was there already (" + images + ")";
        }
        int steps = built.stream().mapToInt(each -> each.report().steps()).sum();
        int cached =
                built.stream().mapToInt(each -> each.report().cachedSteps()).sum();
        String hits = steps == 0 ? "" : ", " + 100 * cached / steps + "% cached";
        return "pushed " + tag + " (" + images + hits + ") in " + String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
