package io.forgefleet.runtime.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done to stop, stage by stage, under one deadline. The actions of a stage run at the same time, those of
 * {@link StopStage#CLOSE} one after the other, the last added first. Thread-safe.
 */
final class OrderedStop {

    private record Entry(StopStage stage, String name, StopAction action) {}

    private static final Logger LOG = LoggerFactory.getLogger(OrderedStop.class);

    /** What comes last gets some time even where all before it took too long. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final List<Entry> entries = new ArrayList<>();

    synchronized void add(StopStage stage, String name, StopAction action) {
        entries.add(new Entry(stage, name, action));
    }

    /** Runs all of it; false when something failed or did not end in time. */
    boolean run(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        boolean clean = true;
        for (StopStage stage : StopStage.values()) {
            List<Entry> due = due(stage);
            if (stage == StopStage.CLOSE) {
                for (Entry entry : due) {
                    clean &= run(List.of(entry), deadline);
                }
            } else {
                clean &= run(due, deadline);
            }
        }
        return clean;
    }

    private synchronized List<Entry> due(StopStage stage) {
        List<Entry> due = new ArrayList<>(
                entries.stream().filter(entry -> entry.stage == stage).toList());
        Collections.reverse(due);
        return due;
    }

    private static boolean run(List<Entry> due, long deadline) throws InterruptedException {
        Duration left = Collections.max(List.of(Duration.ofNanos(deadline - System.nanoTime()), LEAST));
        long end = System.nanoTime() + left.toNanos();
        List<Running> running =
                due.stream().map(entry -> new Running(entry, left)).toList();
        boolean clean = true;
        for (Running each : running) {
            clean &= each.endsBy(end);
        }
        return clean;
    }

    private static final class Running {

        private final Entry entry;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Running(Entry entry, Duration left) {
            this.entry = entry;
            this.thread = Thread.ofVirtual().name("stop-" + entry.name).start(() -> {
                try {
                    entry.action.stop(left);
                } catch (Exception | LinkageError e) {
                    failure.set(e);
                }
            });
        }

        boolean endsBy(long end) throws InterruptedException {
            boolean ended = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            Throwable failed = failure.get();
            if (!ended) {
                LOG.warn("{} did not stop in time and is left behind", entry.name);
                thread.interrupt();
            } else if (failed != null) {
                LOG.warn("{} did not stop cleanly", entry.name, failed);
            } else {
                LOG.debug("{} has stopped", entry.name);
            }
            return ended && failed == null;
        }
    }
}
