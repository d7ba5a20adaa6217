package io.forgefleet.runtime.work;

import java.time.Duration;

/**
 * Bounds of a run.
 *
 * @param attempts how often what may pass is tried, from 1
 * @param retryDelay between two attempts
 * @param timeout of the whole run, all attempts and waits together
 * @param park how long a parked run waits at least, and how often due ones are looked for
 */
public record RunTiming(int attempts, Duration retryDelay, Duration timeout, Duration park) {

    public static final RunTiming DEFAULT =
            new RunTiming(3, Duration.ofSeconds(10), Duration.ofMinutes(25), Duration.ofMinutes(1));

    public RunTiming {
        if (attempts < 1) {
            throw new IllegalArgumentException("a run has at least one attempt, got " + attempts);
        }
    }
}
