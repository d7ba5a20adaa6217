package io.forgefleet.gateway.status;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.CommitStatus;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.work.release.ReleaseTargets;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a commit shows of a run.
 *
 * <ul>
 *   <li>Running and parked runs are <em>pending</em>; so are runs that were preempted or lost, since another worker goes
 *       on with them.
 *   <li>Succeeded is <em>success</em>, with what was pushed; failed and timed out are <em>failure</em>: the code, or how
 *       long it takes, is to be looked at.
 *   <li>Superseded, closed, cancelled and skipped are <em>error</em>: nothing is wrong with the code, yet there is no
 *       image of this commit, and who merges on green must not read it as one. Such a status replaces the pending one,
 *       which else stayed for ever, and its text says what is awaited (a newer commit, a maintainer's word, a builder).
 * </ul>
 */
final class StatusMapping {

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT);

    private final URI publicUrl;

    /** @param publicUrl base of the run pages, without a slash at its end */
    StatusMapping(URI publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** The status of a run; empty when it is about no commit, or only tells what another run found. */
    Optional<CommitStatus> of(RunState state) {
        RunSubject subject = state.subject();
        CommitId commit = subject.commit();
        if (commit == null
                || subject.kind().equals(WorkerKind.REPORT)
                || isForRelease(subject)
                || (subject.kind().equals(WorkerKind.TEMPLATE) && state.steps().isEmpty())) {
            return Optional.empty(); // before its first step nobody knows whether the commit has any template
        }
        return Optional.of(new CommitStatus(
                subject.repository(),
                commit,
                subject.ref(),
                context(subject),
                shown(state),
                BLANKS.matcher(description(state)).replaceAll(" ").strip(),
                publicUrl + "/runs/" + state.run(),
                state.run(),
                state.epoch(),
                state.revision()));
    }

    /** What build workers make for a release is told by that. */
    private static boolean isForRelease(RunSubject subject) {
        String target = subject.target().split("/", 2)[0];
        return subject.kind().equals(WorkerKind.BUILD)
                && (target.equals(ReleaseTargets.IMAGES) || target.equals(ReleaseTargets.ARTIFACT));
    }

    private static String context(RunSubject subject) {
        if (subject.kind().equals(WorkerKind.RELEASE)) {
            // its end is told in the place of the release
            return subject.target().equals(ReleaseTargets.SIGN) ? "forgefleet/sign" : "forgefleet/release";
        }
        if (subject.kind().equals(WorkerKind.TEMPLATE)) {
            return "forgefleet/template-db"; // the same databases, whoever asks for them
        }
        String where = subject.pullRequest() == null ? "/push" : "/pull-request";
        if (!subject.kind().equals(WorkerKind.BUILD)) {
            String which = subject.target().isEmpty() ? "" : "-" + subject.target();
            return "forgefleet/" + subject.kind().name() + which + where;
        }
        return switch (subject.target().split("/", 2)[0]) {
            case "ci-images" -> "forgefleet/ci-image" + where;
            case "images" -> "forgefleet/image" + where;
            // what a rule of a protected branch asks for by its whole name
            case "scan" -> "forgefleet/scan" + (subject.pullRequest() == null ? where : "");
            default -> "forgefleet/" + subject.target() + where;
        };
    }

    private static CommitStatus.State shown(RunState state) {
        Outcome outcome = state.outcome();
        if (outcome == null) {
            return CommitStatus.State.PENDING;
        }
        return switch (outcome.reason()) {
            case SUCCEEDED -> CommitStatus.State.SUCCESS;
            case FAILED, TIMED_OUT -> CommitStatus.State.FAILURE;
            case SUPERSEDED, CLOSED, CANCELLED, SKIPPED -> CommitStatus.State.ERROR;
            case PREEMPTED, LOST -> CommitStatus.State.PENDING;
        };
    }

    private static String description(RunState state) {
        Outcome outcome = state.outcome();
        if (outcome != null) {
            return outcome.reason().startsAgain()
                    ? "Starts again on another worker"
                    : outcome.message().isBlank()
                            ? outcome.reason().name().toLowerCase(Locale.ROOT)
                            : outcome.message();
        }
        List<Step> steps = state.steps();
        Step last = steps.isEmpty() ? null : steps.getLast();
        if (state.dueAt() != null) {
            String why = last == null || last.detail().isBlank() ? "" : ": " + last.detail();
            return "Waiting, looked at again at " + TIME.format(state.dueAt().atOffset(ZoneOffset.UTC)) + why;
        }
        String attempt = state.attempt() > 1 ? " (attempt " + state.attempt() + ")" : "";
        return (last == null ? "Started" : last.name()) + attempt;
    }
}
