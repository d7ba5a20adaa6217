package io.forgefleet.gateway.api.page;

import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.work.release.ReleaseTargets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** States, times and durations as people read them. */
public final class Words {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    /** A constant as API and pages write it: {@code timed-out}. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The phase, or how it ended. */
    static String state(RunState run) {
        Outcome outcome = run.outcome();
        return word(outcome == null ? run.phase() : outcome.reason());
    }

    /** What a run makes. */
    static String what(RunSubject subject) {
        if (subject.kind().equals(WorkerKind.TEMPLATE)) {
            return "Template databases";
        }
        return switch (subject.target()) {
            case "images" -> "Images";
            case "scan" -> "Scan";
            case "ci-images" -> "CI images";
            case ReleaseTargets.RELEASE -> "Release";
            case ReleaseTargets.ABORT -> "End of the release";
            case ReleaseTargets.SIGN -> "Signatures";
            case ReleaseTargets.IMAGES -> "Images of the release";
            default ->
                subject.target().startsWith(ReleaseTargets.ARTIFACT + "/") ? "Files of the release" : subject.target();
        };
    }

    /** One of {@code good}, {@code bad}, {@code busy}, {@code idle}, for the eye. */
    static String tone(RunState run) {
        Outcome outcome = run.outcome();
        if (outcome == null) {
            return run.phase() == RunState.Phase.RUNNING ? "busy" : "idle";
        }
        return switch (outcome.reason()) {
            case SUCCEEDED -> "good";
            case FAILED, TIMED_OUT -> "bad";
            default -> "idle";
        };
    }

    static Markup time(Instant at) {
        return Markup.of("<time datetime=\"{}\">{}</time>", at, TIME.format(at));
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    static String between(Instant from, Instant to) {
        Duration duration = Duration.between(from, to);
        if (duration.isNegative()) {
            return "0 s";
        }
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d m", seconds / 3600, seconds / 60 % 60);
    }
}
