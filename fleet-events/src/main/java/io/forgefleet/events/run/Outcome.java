package io.forgefleet.events.run;

import java.util.List;

/**
 * How a run ended.
 *
 * @param reason in one word
 * @param message in one sentence for people: what happened and, where it went wrong, what to do
 * @param lastLines the end of the output that explains a failure, at most 20 lines; else empty
 */
public record Outcome(Reason reason, String message, List<String> lastLines) {

    /** The only words for how a run ends. */
    public enum Reason {
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        SUPERSEDED,
        CLOSED,
        CANCELLED,
        SKIPPED,
        /** The worker was drained. */
        PREEMPTED,
        /** The claim ran out. */
        LOST;

        /** Whether the run is started again, by whoever gets its record next. */
        public boolean startsAgain() {
            return this == PREEMPTED || this == LOST;
        }
    }

    public Outcome {
        lastLines = List.copyOf(lastLines.subList(Math.max(0, lastLines.size() - 20), lastLines.size()));
    }

    public static Outcome of(Reason reason, String message) {
        return new Outcome(reason, message, List.of());
    }

    public static Outcome failed(String message, List<String> lastLines) {
        return new Outcome(Reason.FAILED, message, lastLines);
    }
}
