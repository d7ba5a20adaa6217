package io.forgefleet.cleanup.sweep;

import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Which repositories are to be cleaned up, and when: each once, at the earliest time that somebody asked for. Thread-safe. */
public final class Agenda {

    private static final int MOST = 100_000;

    private final Map<RepositoryId, Long> due = new HashMap<>();
    private final Set<RepositoryId> inHand = new HashSet<>();

    /** Asks for one. What finds no room waits for the next sweep. */
    public synchronized void ask(RepositoryId repository, Duration in) {
        if (due.size() >= MOST && !due.containsKey(repository)) {
            return;
        }
        long at = System.nanoTime() + in.toNanos();
        due.merge(repository, at, (one, other) -> one - other < 0 ? one : other);
        notifyAll();
    }

    /** Waits for the next one that is due; it is not given to anybody else until it is {@link #done}. */
    public synchronized RepositoryId take() throws InterruptedException {
        while (true) {
            RepositoryId first = null;
            long at = 0;
            for (Map.Entry<RepositoryId, Long> each : due.entrySet()) {
                if (!inHand.contains(each.getKey()) && (first == null || each.getValue() - at < 0)) {
                    first = each.getKey();
                    at = each.getValue();
                }
            }
            long left = first == null ? Long.MAX_VALUE : at - System.nanoTime();
            if (first != null && left <= 0) {
                due.remove(first);
                inHand.add(first);
                return first;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.HOURS.toNanos(1)));
        }
    }

    /** Of what was taken. */
    public synchronized void done(RepositoryId repository) {
        inHand.remove(repository);
        notifyAll();
    }
}
