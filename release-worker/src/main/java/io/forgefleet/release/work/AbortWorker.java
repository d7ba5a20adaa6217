package io.forgefleet.release.work;

import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.RefName;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.plan.TagTruth;
import io.forgefleet.release.publish.ForgeDraft;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.runtime.worker.NothingToDoException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Ends a release of which nothing is public: somebody wants that, or its tag is gone. Thread-safe. */
final class AbortWorker implements Worker {

    private final Means means;
    private final Endings endings;

    AbortWorker(Means means) {
        this.means = means;
        this.endings = new Endings(means.intervals().park(), means.clock());
    }

    @Override
    public Outcome work(Run run) throws Exception {
        return endings.of(new Progress(run.startedAt()), () -> abort(run));
    }

    private Outcome abort(Run run) throws Exception {
        Workplace place = means.workplaces()
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        RefName tag = TagTruth.of(run.subject());
        Version version = Version.ofTag(tag.shortName())
                .orElseThrow(() -> new NothingToDoException(tag.shortName() + " names no version"));
        ReleaseWorker.claim(run, version);
        Path folder = Files.createTempDirectory(Files.createDirectories(means.scratch()), "release");
        try {
            SagaStore store = new SagaStore(place, folder);
            boolean wasDeleted = run.event() instanceof TagEvent event && event.after() == null;
            if (!wasDeleted) {
                run.begin("abort"); // somebody asked, and is told whatever comes of it
            }
            Optional<Saga> known =
                    store.load(version.toString()).filter(saga -> saga.tag().equals(tag.shortName()));
            if (known.isEmpty() || known.get().state() == Saga.State.ABORTED) {
                throw new NothingToDoException("there is no release of " + tag.shortName() + " to end");
            }
            if (wasDeleted && place.mirror().head(tag.value()).isPresent()) {
                throw new NothingToDoException(tag.shortName() + " is there again");
            }
            Saga saga = known.get();
            run.begin("abort");
            if (saga.isPublic()) {
                return Outcome.of(
                        wasDeleted ? Reason.SUCCEEDED : Reason.FAILED,
                        saga.version() + " is public already, and what is public is not taken back: "
                                + "fleet release resume brings it to its end");
            }
            run.ensureHeld();
            boolean draft =
                    ForgeDraft.forge(place).releases().discard(run.subject().repository(), saga.tag(), saga.run());
            run.ensureHeld();
            var unused = store.save(saga.in(Saga.State.ABORTED));
            return Outcome.of(
                    Reason.SUCCEEDED,
                    "the release of " + saga.version() + " was ended, nothing of it was public"
                            + (draft ? "; its draft is deleted" : ""));
        } finally {
            Folders.delete(folder);
        }
    }
}
