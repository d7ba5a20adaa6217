package io.forgefleet.gateway.status;

import static io.forgefleet.gateway.SampleRuns.START;
import static io.forgefleet.gateway.SampleRuns.ended;
import static io.forgefleet.gateway.SampleRuns.pullRequest;
import static io.forgefleet.gateway.SampleRuns.push;
import static io.forgefleet.gateway.SampleRuns.running;
import static io.forgefleet.gateway.SampleRuns.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.CommitStatus;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.gateway.SampleRuns;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusMappingTest {

    private final StatusMapping mapping = new StatusMapping(URI.create("https://fleet.example"));
    private final RunSubject subject = push("here/team/app", 1);

    @ParameterizedTest
    @CsvSource({
        "SUCCEEDED, SUCCESS, why",
        "FAILED, FAILURE, why",
        "TIMED_OUT, FAILURE, why",
        "SUPERSEDED, ERROR, why",
        "CLOSED, ERROR, why",
        "CANCELLED, ERROR, why",
        "SKIPPED, ERROR, why",
        "PREEMPTED, PENDING, Starts again on another worker",
        "LOST, PENDING, Starts again on another worker"
    })
    void saysHowARunEnded(Outcome.Reason reason, CommitStatus.State shown, String description) {
        CommitStatus status = of(ended(subject, 1, 1, Outcome.of(reason, "why")));
        assertThat(status.state()).isEqualTo(shown);
        assertThat(status.description()).isEqualTo(description);
    }

    @Test
    void namesTheStepAndTheAttemptWhileItRuns() {
        assertThat(of(running(subject, 1, 0, "")).description()).isEqualTo("Started");
        RunState third = state(
                subject, 1, 4, RunState.Phase.RUNNING, 3, List.of(Step.begun("Building", START)), null, null, null);
        assertThat(of(third).description()).isEqualTo("Building (attempt 3)");
        assertThat(of(third).state()).isEqualTo(CommitStatus.State.PENDING);
    }

    @Test
    void saysUntilWhenAParkedRunWaitsAndWhy() {
        Job resume = new Job(
                "r1",
                subject.kind(),
                SampleRuns.event(subject),
                Job.Cause.RESUMED,
                false,
                SampleRuns.run(subject, ""),
                START);
        Step step = Step.begun("Claiming the tag", START).ended(START, false, "another run works on it");
        RunState parked =
                state(subject, 1, 4, RunState.Phase.PARKED, 1, List.of(step), null, START.plusSeconds(90), resume);
        assertThat(of(parked).state()).isEqualTo(CommitStatus.State.PENDING);
        assertThat(of(parked).description())
                .isEqualTo("Waiting, looked at again at 10:01 UTC: another run works on it");
    }

    @Test
    void tellsPullRequestsFromPushesOfTheSameCommit() {
        assertThat(of(running(subject, 1, 0, "")).context()).isEqualTo("forgefleet/image/push");
        assertThat(of(running(pullRequest("here/team/app", 1, 7), 1, 0, "")).context())
                .isEqualTo("forgefleet/image/pull-request");
    }

    @Test
    void putsMessagesOnOneLineAndCutsThem() {
        String description = of(ended(subject, 1, 1, Outcome.failed("a\nb\t\u0000c " + "x".repeat(300), List.of())))
                .description();
        assertThat(description).startsWith("a b c xxx").hasSize(CommitStatus.MOST_DESCRIPTION);
    }

    @Test
    void saysNothingOfRunsWithoutACommit() {
        RunSubject none = new RunSubject(
                subject.kind(), subject.event(), subject.repository(), "images", null, subject.ref(), null, false);
        assertThat(mapping.of(running(none, 1, 0, ""))).isEmpty();
    }

    @Test
    void aReleaseTellsOfWhatIsBuiltForIt() {
        assertThat(of(running(about(WorkerKind.RELEASE, "release"), 1, 0, "")).context())
                .isEqualTo("forgefleet/release");
        assertThat(of(running(about(WorkerKind.RELEASE, "sign"), 1, 0, "")).context())
                .isEqualTo("forgefleet/sign");
        assertThat(mapping.of(running(about(WorkerKind.BUILD, "release-images"), 1, 0, "")))
                .isEmpty();
        assertThat(mapping.of(running(about(WorkerKind.BUILD, "release-artifact/0"), 1, 0, "")))
                .isEmpty();
    }

    @Test
    void aReportThatAForgeRefusesIsNoFaultOfTheCommit() {
        RunSubject report = about(WorkerKind.REPORT, "code-scanning");
        assertThat(mapping.of(ended(report, 1, 1, Outcome.failed("refused", List.of()))))
                .isEmpty();
    }

    /** The same databases for a push and for a pull request, and nothing at all where the commit may have none. */
    @Test
    void saysOfTemplateDatabasesOnlyWhatIsKnown() {
        RunSubject databases = about(WorkerKind.TEMPLATE, "template-db");
        RunState begun = state(databases, 1, 0, RunState.Phase.RUNNING, 1, List.of(), null, null, null);
        assertThat(mapping.of(begun)).isEmpty();
        Outcome noForge = Outcome.of(Outcome.Reason.FAILED, "no forge");
        assertThat(mapping.of(state(databases, 1, 1, RunState.Phase.ENDED, 3, List.of(), noForge, null, null)))
                .isEmpty();
        RunState looking = state(
                databases,
                1,
                4,
                RunState.Phase.RUNNING,
                1,
                List.of(Step.begun("look for main", START)),
                null,
                null,
                null);
        assertThat(of(looking).context()).isEqualTo("forgefleet/template-db");
        assertThat(of(looking).description()).isEqualTo("look for main");
    }

    private RunSubject about(WorkerKind kind, String target) {
        return new RunSubject(
                kind, subject.event(), subject.repository(), target, subject.commit(), subject.ref(), null, false);
    }

    private CommitStatus of(RunState state) {
        return mapping.of(state).orElseThrow();
    }
}
