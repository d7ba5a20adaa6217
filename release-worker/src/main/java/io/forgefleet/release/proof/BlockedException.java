package io.forgefleet.release.proof;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.work.place.RunEndedException;
import java.io.Serial;

/** The gate lets something not pass. */
public final class BlockedException extends RunEndedException {

    @Serial
    private static final long serialVersionUID = 1;

    BlockedException(Outcome outcome) {
        super(outcome);
    }
}
