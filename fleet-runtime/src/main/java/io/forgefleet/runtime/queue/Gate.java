package io.forgefleet.runtime.queue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps slots from taking records while something that all of them need is away: no lease is held, no attempt counted.
 * Thread-safe.
 */
public final class Gate {

    /** Whether a dependency answers; bounded in time by whoever implements it. */
    public interface Probe {
        boolean answers() throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);

    private final Map<String, Probe> away = new ConcurrentHashMap<>();
    private final Object monitor = new Object();
    private boolean watched;

    /**
     * Closes the gate until the probe says yes.
     *
     * @param dependency name for people, for example {@code engine unix:///var/run/docker.sock}
     */
    public void close(String dependency, Probe probe) {
        if (away.put(dependency, probe) == null) {
            LOG.warn("{} is away: no new work is taken until it answers", dependency);
        }
        synchronized (monitor) {
            if (!watched) {
                watched = true;
                Thread.ofVirtual().name("gate").start(this::watch);
            }
        }
    }

    /** Names of what is away; empty while the gate is open. */
    public Iterable<String> away() {
        return away.keySet();
    }

    public boolean isOpen() {
        return away.isEmpty();
    }

    /** Waits until the gate is open; false if it was not within the time. */
    public boolean awaitOpen(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (monitor) {
            while (!isOpen()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(monitor, left);
            }
            return true;
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_PROBES);
                for (Map.Entry<String, Probe> each : Map.copyOf(away).entrySet()) {
                    if (each.getValue().answers()) {
                        away.remove(each.getKey());
                        LOG.info("{} answers again", each.getKey());
                    }
                }
                synchronized (monitor) {
                    if (isOpen()) {
                        watched = false;
                        monitor.notifyAll();
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
