package io.forgefleet.runtime.worker;

import java.io.Serial;
import java.time.Duration;

/** The run has to wait; its record is let go, and the run goes on when its time has come. */
public final class ParkedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final Duration wait;

    /**
     * Tells of it.
     *
     * @param wait how long, at least
     * @param reason what is waited for, for people
     */
    public ParkedException(Duration wait, String reason) {
        super(reason);
        this.wait = wait;
    }

    public Duration waitTime() {
        return wait;
    }
}
