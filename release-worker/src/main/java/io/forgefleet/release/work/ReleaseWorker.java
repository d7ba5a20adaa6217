package io.forgefleet.release.work;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.plan.Plan;
import io.forgefleet.release.plan.TagTruth;
import io.forgefleet.release.publish.ForgeDraft;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes the release of a tag, or goes on with it: one saga for each version, whichever run works on it. It handles digests only;
 * what runs code of the repository is asked of build workers. Thread-safe.
 */
final class ReleaseWorker implements Worker {

    /** Another run of the same version is at work for seconds at a time only: where it waits, it lets go. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Means means;
    private final Endings endings;

    ReleaseWorker(Means means) {
        this.means = means;
        this.endings = new Endings(means.intervals().park(), means.clock());
    }

    /** Whoever works on a version has this claim. */
    static void claim(Run run, Version version) throws ParkedException, InterruptedException {
        var unused = run.claimAlso("release/" + run.subject().repository() + "/" + version, PATIENCE);
    }

    @Override
    public Outcome work(Run run) throws Exception {
        Progress progress = new Progress(run.startedAt());
        return endings.of(progress, () -> release(run, progress));
    }

    private Outcome release(Run run, Progress progress) throws Exception {
        Workplace place = means.workplaces()
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        RefName tag = TagTruth.of(run.subject());
        Optional<Version> version = Version.ofTag(tag.shortName());
        Path folder = Files.createTempDirectory(Files.createDirectories(means.scratch()), "release");
        try {
            SagaStore store = new SagaStore(place, folder);
            Optional<Saga> known = Optional.empty();
            if (version.isPresent()) {
                claim(run, version.get());
                known = store.load(version.get().toString());
            }
            CommitId commit = commit(place, run, known);
            Plan plan = means.planning().of(place, tag, commit);
            Saga saga = known.isEmpty() ? begin(run, plan) : goOn(run, plan, known.get());
            if (saga.state() == Saga.State.RELEASED) {
                return Outcome.of(Reason.SUCCEEDED, saga.version() + " is released already: " + saga.page());
            }
            return new SagaRun(means, run, plan, store, saga, progress).go();
        } finally {
            Folders.delete(folder);
        }
    }

    /** What is public of a release goes forward, whatever became of its tag. */
    private static CommitId commit(Workplace place, Run run, Optional<Saga> known)
            throws RunEndedException, ClientException, InterruptedException {
        CommitId told = run.subject().commit();
        Optional<CommitId> begun = known.filter(Saga::isPublic)
                .filter(saga -> saga.tag().equals(TagTruth.of(run.subject()).shortName()))
                .map(Saga::commit);
        return begun.isPresent() && (told == null || told.equals(begun.get()))
                ? begun.get()
                : TagTruth.commit(place, run.subject());
    }

    private Saga begin(Run run, Plan plan) {
        return Saga.begin(
                run.id(),
                run.event().id(),
                run.subject().repository(),
                plan.tag().shortName(),
                plan.commit(),
                plan.version().toString(),
                means.clock().instant());
    }

    private Saga goOn(Run run, Plan plan, Saga known)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        String tag = plan.tag().shortName();
        boolean over = known.state() == Saga.State.ABORTED;
        boolean own = known.run().equals(run.id())
                || known.done().stream().anyMatch(step -> step.by().equals(run.id()));
        if (over && own) {
            throw new RunEndedException(Reason.CANCELLED, "the release of " + tag + " was aborted");
        }
        if (!known.tag().equals(tag) && !over) {
            throw new RunEndedException(
                    Reason.FAILED,
                    known.version() + " is the version of the tag " + known.tag()
                            + ", and is released of that one only");
        }
        if (!known.commit().equals(plan.commit()) && known.isPublic()) {
            throw new RunEndedException(
                    Reason.FAILED,
                    known.version() + " was released of " + known.commit().sha7() + ", and " + tag + " names "
                            + plan.commit().sha7() + ": no version ever moves to other bytes, release under a new one");
        }
        if (over || !known.commit().equals(plan.commit())) {
            ForgeDraft.forge(plan.place()).releases().discard(run.subject().repository(), known.tag(), known.run());
            return begin(run, plan);
        }
        if (!known.isPublic() && !isThere(plan, known)) {
            run.log("images of this release are gone from the registry: it begins anew");
            return begin(run, plan);
        }
        return known;
    }

    private static boolean isThere(Plan plan, Saga saga) throws ClientException, InterruptedException {
        for (ReleasedImage image : saga.images()) {
            if (plan.place()
                    .manifest(
                            plan.name(plan.place(), image.name()),
                            image.digest().value())
                    .isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
