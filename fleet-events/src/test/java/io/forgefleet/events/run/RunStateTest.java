package io.forgefleet.events.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunStateTest {

    private static final RunId RUN = RunId.derive("event", "build", "images", "");
    private static final Outcome DONE = Outcome.of(Outcome.Reason.SUCCEEDED, "done");

    @Property
    void ofTwoStatesAtMostOneIsNewer(
            @ForAll @IntRange(max = 3) int epoch,
            @ForAll @IntRange(max = 3) int revision,
            @ForAll @IntRange(max = 3) int otherEpoch,
            @ForAll @IntRange(max = 3) int otherRevision) {
        RunState one = running(epoch, revision);
        RunState other = running(otherEpoch, otherRevision);

        boolean same = epoch == otherEpoch && revision == otherRevision;
        assertThat(one.supersedes(other) ^ other.supersedes(one)).isEqualTo(!same);
        if (epoch > otherEpoch) {
            assertThat(one.supersedes(other)).isTrue();
        }
    }

    @Test
    void outcomeBelongsToTheEndAndDueTimeToParking() {
        assertThatIllegalArgumentException().isThrownBy(() -> state(RunState.Phase.RUNNING, DONE, null));
        assertThatIllegalArgumentException().isThrownBy(() -> state(RunState.Phase.ENDED, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> state(RunState.Phase.PARKED, null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> state(RunState.Phase.ENDED, DONE, Instant.EPOCH));
    }

    @ParameterizedTest
    @EnumSource(Outcome.Reason.class)
    void onlyPreemptedAndLostRunsStartAgain(Outcome.Reason reason) {
        boolean again = reason == Outcome.Reason.PREEMPTED || reason == Outcome.Reason.LOST;

        assertThat(state(RunState.Phase.ENDED, Outcome.of(reason, ""), null).isFinal())
                .isEqualTo(!again);
        assertThat(running(1, 1).isFinal()).isFalse();
    }

    @Test
    void readsWhatItWrites() throws MalformedRecordException {
        for (RunState state : List.of(
                running(3, 4),
                state(RunState.Phase.ENDED, DONE, null),
                state(RunState.Phase.PARKED, null, Instant.ofEpochSecond(9)))) {
            assertThat(Json.read(Json.write(state), RunState.class)).isEqualTo(state);
        }
    }

    @Test
    void outcomeKeepsTheLastTwentyLines() {
        List<String> lines = IntStream.range(0, 50).mapToObj(String::valueOf).toList();

        assertThat(Outcome.failed("", lines).lastLines()).hasSize(20).last().isEqualTo("49");
    }

    @Test
    void statusDescriptionIsCutToWhatEachForgeTakes() {
        CommitStatus status = new CommitStatus(
                RepositoryId.parse("f/o/n"),
                new CommitId("a".repeat(40)),
                null,
                "context",
                CommitStatus.State.PENDING,
                "x".repeat(500),
                "",
                RUN,
                1,
                1);

        assertThat(status.description()).hasSize(CommitStatus.MOST_DESCRIPTION).endsWith("…");
    }

    @Test
    void runIdsDependOnEachPart() {
        assertThat(RunId.derive("event", "build", "images", "")).isEqualTo(RUN);
        assertThat(List.of(
                        RunId.derive("other", "build", "images", ""),
                        RunId.derive("event", "other", "images", ""),
                        RunId.derive("event", "build", "other", ""),
                        RunId.derive("event", "build", "images", "job")))
                .doesNotContain(RUN)
                .doesNotHaveDuplicates();
    }

    private static RunState running(long epoch, int revision) {
        return new RunState(
                RUN,
                epoch,
                revision,
                subject(),
                RunState.Phase.RUNNING,
                1,
                0,
                List.of(Step.begun("checkout", Instant.EPOCH)),
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                "worker");
    }

    private static RunState state(RunState.Phase phase, @Nullable Outcome outcome, @Nullable Instant dueAt) {
        return new RunState(
                RUN,
                1,
                1,
                subject(),
                phase,
                1,
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                outcome,
                dueAt,
                dueAt == null ? null : job(),
                Instant.EPOCH,
                Instant.EPOCH,
                "worker");
    }

    private static Job job() {
        ForgeEvent event = new CommentEvent(
                new EventId("0".repeat(32)), RepositoryId.parse("f/o/n"), 7, 1, "/ok-to-test", null, "", Instant.EPOCH);
        return new Job("1", WorkerKind.BUILD, event, Job.Cause.RESUMED, false, RUN, Instant.EPOCH);
    }

    private static RunSubject subject() {
        return new RunSubject(
                WorkerKind.BUILD,
                new EventId("0".repeat(32)),
                RepositoryId.parse("f/o/n"),
                "images",
                null,
                "refs/heads/main",
                null,
                false);
    }
}
