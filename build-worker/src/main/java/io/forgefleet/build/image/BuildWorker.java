package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.plan.DeclaredImages;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildResult.Built;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        if (found.source().trust() == TrustClass.PROTECTED) {
            run.beyondRecall(); // what has begun of a protected branch is never cancelled
        }
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
            new Publication(run, place, found, commit, choice).publish(targets, built);
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
