package io.forgefleet.cleanup.apply;

import java.time.Duration;

/** Holds all calls of one registry back for as long as it asked for. Thread-safe. */
final class Pace {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private long until = System.nanoTime();

    /** Nobody goes on before that time has passed. */
    synchronized void hold(Duration time) {
        Duration bounded = time.compareTo(LONGEST) > 0 ? LONGEST : time;
        until = Math.max(until, System.nanoTime() + bounded.toNanos());
    }

    void await() throws InterruptedException {
        for (long left = left(); left > 0; left = left()) {
            Thread.sleep(Duration.ofNanos(left));
        }
    }

    private synchronized long left() {
        return until - System.nanoTime();
    }
}
