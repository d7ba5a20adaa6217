package io.forgefleet.build.image;

import io.forgefleet.events.run.Outcome;
import java.io.Serial;

/** A run is over before its images are pushed: superseded, closed, skipped, failed. */
final class RunEndedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    RunEndedException(Outcome outcome) {
        super(outcome.message());
        this.outcome = outcome;
    }

    RunEndedException(Outcome.Reason reason, String message) {
        this(Outcome.of(reason, message));
    }

    Outcome outcome() {
        return outcome;
    }
}
