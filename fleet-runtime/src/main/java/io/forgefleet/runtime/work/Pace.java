package io.forgefleet.runtime.work;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps something from being done too often: it is done at once when the last time is long enough ago, else as soon as it
 * is. So what was asked for last never waits for somebody to ask again. Thread-safe.
 */
final class Pace {

    private final ScheduledExecutorService clock;
    private final long between;
    private final Runnable action;
    private long next = System.nanoTime();
    private boolean due;

    /**
     * @param clock starts what has to wait, on threads of its own
     * @param between the least time from one to the next
     */
    Pace(ScheduledExecutorService clock, Duration between, Runnable action) {
        this.clock = clock;
        this.between = between.toNanos();
        this.action = action;
    }

    /** Does it, now or as soon as it may be. */
    void ask() {
        synchronized (this) {
            if (due || waits()) {
                return;
            }
            next = System.nanoTime() + between;
        }
        action.run();
    }

    private boolean waits() {
        long wait = next - System.nanoTime();
        if (wait <= 0) {
            return false;
        }
        try {
            var unused = clock.schedule(() -> Thread.startVirtualThread(this::overdue), wait, TimeUnit.NANOSECONDS);
            due = true;
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the clock stands still, as this process ends
        }
    }

    private void overdue() {
        synchronized (this) {
            due = false;
            next = System.nanoTime() + between;
        }
        action.run();
    }
}
