package io.forgefleet.gateway;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** States of runs as workers write them. */
public final class SampleRuns {

    public static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private SampleRuns() {}

    public static CommitId commit(int number) {
        return new CommitId("%040x".formatted(0xabcdef0000L + number));
    }

    public static RunSubject push(String repository, int commit) {
        RepositoryId id = RepositoryId.parse(repository);
        EventId event = EventId.derive(id, "refs/heads/main", "", commit(commit).value(), "push", "");
        return new RunSubject(WorkerKind.BUILD, event, id, "images", commit(commit), "refs/heads/main", null, false);
    }

    public static RunSubject pullRequest(String repository, int commit, long number) {
        RunSubject push = push(repository, commit);
        return new RunSubject(
                push.kind(), push.event(), push.repository(), push.target(), push.commit(), null, number, false);
    }

    /** The event that such a subject comes from. */
    public static ForgeEvent event(RunSubject subject) {
        Long number = subject.pullRequest();
        return number == null
                ? new PushEvent(
                        subject.event(),
                        subject.repository(),
                        new RefName(Objects.requireNonNull(subject.ref())),
                        PushEvent.Change.CREATED,
                        null,
                        subject.commit(),
                        "ann",
                        START)
                : new PullRequestEvent(
                        subject.event(),
                        subject.repository(),
                        number,
                        PullRequestEvent.Action.OPENED,
                        Objects.requireNonNull(subject.commit()),
                        "feature",
                        RefName.branch("main"),
                        false,
                        false,
                        "ann",
                        START);
    }

    public static RunId run(RunSubject subject, String job) {
        return RunId.derive(subject.event().value(), subject.kind().name(), subject.target(), job);
    }

    public static RunState running(RunSubject subject, long epoch, int revision, String step) {
        List<Step> steps = step.isEmpty() ? List.of() : List.of(Step.begun(step, START));
        return state(subject, epoch, revision, RunState.Phase.RUNNING, 1, steps, null, null, null);
    }

    public static RunState ended(RunSubject subject, long epoch, int revision, Outcome outcome) {
        List<Step> steps = List.of(
                Step.begun("Fetching the commit", START).ended(START.plusMillis(812), false, ""),
                Step.begun("Building", START.plusSeconds(1)).ended(START.plusSeconds(75), false, "12 of 14 cached"));
        return state(subject, epoch, revision, RunState.Phase.ENDED, 1, steps, outcome, null, null);
    }

    public static RunState state(
            RunSubject subject,
            long epoch,
            int revision,
            RunState.Phase phase,
            int attempt,
            List<Step> steps,
            @Nullable Outcome outcome,
            @Nullable Instant dueAt,
            @Nullable Job resume) {
        boolean pushed = outcome != null && outcome.reason() == Outcome.Reason.SUCCEEDED;
        List<PushedImage> images = pushed
                ? List.of(new PushedImage(
                        "app",
                        "registry.example/team/app",
                        "main-abc1234",
                        new Digest("sha256:" + "0123456789abcdef".repeat(4)),
                        false))
                : List.of();
        return new RunState(
                run(subject, ""),
                epoch,
                revision,
                subject,
                phase,
                attempt,
                0,
                steps,
                images,
                List.of(),
                List.of(),
                outcome,
                dueAt,
                resume,
                START,
                START.plusSeconds(revision),
                "worker-1");
    }
}
