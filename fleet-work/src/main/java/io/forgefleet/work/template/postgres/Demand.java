package io.forgefleet.work.template.postgres;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many clones are wanted at once, learned from when they were: as many as the largest number that was asked for within the time that
 * it takes to make new ones, of late. Nobody asks any more, and none is wanted. Used under its owner's lock.
 */
final class Demand {

    private static final int MOST_REMEMBERED = 512;

    private final Deque<Long> asked = new ArrayDeque<>();
    private final long memory;
    private final long burst;
    private final int most;

    /**
     * @param memory how long something counts
     * @param burst what comes within that time comes at once
     */
    Demand(Duration memory, Duration burst, int most) {
        this.memory = memory.toNanos();
        this.burst = burst.toNanos();
        this.most = most;
    }

    /** @param now of a clock that never goes back, in nanoseconds */
    void asked(long now) {
        asked.addLast(now);
        if (asked.size() > MOST_REMEMBERED) {
            asked.removeFirst();
        }
    }

    int wanted(long now) {
        asked.removeIf(each -> now - each > memory);
        int largest = 0;
        Deque<Long> within = new ArrayDeque<>();
        for (long each : asked) {
            within.addLast(each);
            while (each - within.getFirst() > burst) {
                within.removeFirst();
            }
            largest = Math.max(largest, within.size());
        }
        return Math.min(most, largest);
    }
}
