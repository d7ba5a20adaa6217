package io.forgefleet.work.place;

import io.forgefleet.events.run.Outcome;
import java.io.Serial;

/** A run is over before its images are pushed: superseded, closed, skipped, failed. */
public class RunEndedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    public RunEndedException(Outcome outcome) {
        super(outcome.message());
        this.outcome = outcome;
    }

    public RunEndedException(Outcome.Reason reason, String message) {
        this(Outcome.of(reason, message));
    }

    public Outcome outcome() {
        return outcome;
    }
}
