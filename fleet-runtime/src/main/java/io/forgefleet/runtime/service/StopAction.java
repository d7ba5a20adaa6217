package io.forgefleet.runtime.service;

import java.time.Duration;

/** Something to do when a process stops. */
@FunctionalInterface
public interface StopAction {

    /**
     * Does it; interrupted when its time is over.
     *
     * @param left how long it may take
     */
    void stop(Duration left) throws Exception;
}
