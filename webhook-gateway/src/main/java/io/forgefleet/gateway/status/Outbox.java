package io.forgefleet.gateway.status;

import io.forgefleet.events.run.CommitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The newest status of each commit and context of the partitions in hand, and which of them the forges do not have yet.
 * One thread reads into it, several per forge take out of it. Thread-safe.
 */
final class Outbox {

    /** A status on its way to its forge; given back by {@link #settled} or {@link #failed}. */
    record Letter(Entry entry, CommitStatus status, int refusals) {}

    /** What is known of one key. */
    static final class Entry {
        private final Partition partition;
        private CommitStatus newest;
        private Instant at;
        /** Offset of the oldest record that is not posted; negative when there is none. */
        private long held = -1;

        private long due;
        private long order;
        private int failures;
        private int refusals;
        private boolean queued;
        private boolean underWay;

        private Entry(Partition partition, CommitStatus newest, Instant at) {
            this.partition = partition;
            this.newest = newest;
            this.at = at;
        }
    }

    private static final class Partition {
        private final long boundary;
        private final Map<String, Entry> entries = new HashMap<>();
        private final TreeSet<Long> held = new TreeSet<>();
        private long position;
        private boolean revoked;

        private Partition(long boundary) {
            this.boundary = boundary;
            this.position = boundary;
        }
    }

    private static final class Lane {
        /** By the time when they are due; an entry's time changes only while it is not in here. */
        private final NavigableSet<Entry> waiting = new TreeSet<>(
                Comparator.<Entry>comparingLong(entry -> entry.due).thenComparingLong(entry -> entry.order));

        private long openFrom = System.nanoTime();
        private int failures;
    }

    private final Map<Integer, Partition> partitions = new HashMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();

    /** Where an older status stands behind the newest in the log, so that compaction would keep the wrong one. */
    private final Set<Entry> overwritten = new HashSet<>();

    private long order;
    private int underWay;
    private long mayBeginUntil = System.nanoTime();

    /**
     * Takes a partition in hand.
     *
     * @param boundary what stands before this offset has been posted already
     */
    synchronized void assigned(int partition, long boundary) {
        partitions.put(partition, new Partition(boundary));
    }

    /** Begins no more posts of these partitions, and forgets them. */
    synchronized void revoked(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            Partition partition = partitions.remove(number);
            if (partition != null) {
                partition.revoked = true;
            }
        }
        lanes.values().forEach(lane -> lane.waiting.removeIf(entry -> entry.partition.revoked));
    }

    /** Waits until no post of a revoked partition is under way; false when that took longer. */
    synchronized boolean awaitQuiet(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (underWay > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** Reads one record; a null status is a tombstone. */
    synchronized void read(int number, long offset, Instant at, String key, @Nullable CommitStatus status) {
        Partition partition = partitions.get(number);
        if (partition == null) {
            return;
        }
        partition.position = Math.max(partition.position, offset + 1);
        Entry entry = partition.entries.get(key);
        if (status == null) {
            if (entry != null && entry.held < 0) {
                partition.entries.remove(key);
            }
            return;
        }
        if (entry == null) {
            entry = new Entry(partition, status, at);
            partition.entries.put(key, entry);
        } else if (status.supersedes(entry.newest)) {
            entry.newest = status;
            entry.at = at;
            entry.failures = 0;
            entry.refusals = 0;
            overwritten.remove(entry);
        } else {
            var unused = entry.newest.supersedes(status) ? overwritten.add(entry) : overwritten.remove(entry);
            return;
        }
        if (offset >= partition.boundary) {
            if (entry.held < 0) {
                entry.held = offset;
                partition.held.add(offset);
            }
            requeue(entry, System.nanoTime());
        }
    }

    /** The newest statuses that have to be written once more, since older ones came after them. */
    synchronized List<CommitStatus> takeOverwritten() {
        List<CommitStatus> found = overwritten.stream()
                .filter(entry -> !entry.partition.revoked)
                .map(entry -> entry.newest)
                .toList();
        overwritten.clear();
        return found;
    }

    /** Forgets what was last changed before a time, posted or not, and returns its keys. */
    synchronized List<String> takeOlderThan(Instant before) {
        List<String> keys = new ArrayList<>();
        for (Partition partition : partitions.values()) {
            Iterator<Map.Entry<String, Entry>> all =
                    partition.entries.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<String, Entry> next = all.next();
                Entry entry = next.getValue();
                if (entry.at.isBefore(before) && !entry.underWay) {
                    release(entry);
                    lane(entry.newest).waiting.remove(entry);
                    overwritten.remove(entry);
                    keys.add(next.getKey());
                    all.remove();
                }
            }
        }
        return keys;
    }

    /** For each partition the offset before which everything is posted. */
    synchronized Map<Integer, Long> done() {
        Map<Integer, Long> offsets = new HashMap<>();
        partitions.forEach((number, partition) -> offsets.put(
                number, partition.held.isEmpty() ? partition.position : Long.valueOf(partition.held.first())));
        return offsets;
    }

    /** How many statuses the forge does not have yet. */
    synchronized int waiting(String forge) {
        Lane lane = lanes.get(forge);
        return lane == null ? 0 : lane.waiting.size();
    }

    synchronized boolean isEmpty() {
        return partitions.values().stream().allMatch(partition -> partition.held.isEmpty());
    }

    /** Lets posts begin until then ({@link System#nanoTime}). */
    synchronized void mayBeginUntil(long time) {
        mayBeginUntil = time;
        notifyAll();
    }

    /** The next status of a forge, as soon as one may be posted. */
    synchronized Letter take(String forge) throws InterruptedException {
        Lane lane = lanes.computeIfAbsent(forge, name -> new Lane());
        while (true) {
            Entry entry = lane.waiting.isEmpty() ? null : lane.waiting.first();
            long now = System.nanoTime();
            if (entry == null || now - mayBeginUntil >= 0) {
                wait();
                continue;
            }
            long wait = Math.max(entry.due - now, lane.openFrom - now);
            if (wait > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(wait, 1_000_000));
                continue;
            }
            lane.waiting.remove(entry);
            entry.queued = false;
            entry.underWay = true;
            underWay++;
            return new Letter(entry, entry.newest, entry.refusals);
        }
    }

    /** The forge has it, or it is given up; what is newer by then is posted next. */
    synchronized void settled(Letter letter) {
        Entry entry = back(letter);
        Lane lane = lane(letter.status());
        lane.failures = 0;
        lane.openFrom = System.nanoTime();
        if (letter.status().equals(entry.newest)) {
            entry.failures = 0;
            release(entry);
        } else {
            requeue(entry, System.nanoTime());
        }
    }

    /**
     * The forge did not take it; it, or what is newer by then, is tried again.
     *
     * @param forgeAway whether it concerns the forge as a whole, which is then left alone for as long
     * @param asked how long the forge asks to wait; zero when it does not
     */
    synchronized void failed(Letter letter, boolean forgeAway, Duration asked, PostTiming timing) {
        Entry entry = back(letter);
        long now = System.nanoTime();
        entry.failures++;
        if (forgeAway) {
            Lane lane = lane(letter.status());
            lane.failures++;
            lane.openFrom =
                    now + longer(asked, timing.retryAfter(lane.failures)).toNanos();
        } else {
            entry.refusals++;
        }
        requeue(entry, now + longer(asked, timing.retryAfter(entry.failures)).toNanos());
    }

    private Entry back(Letter letter) {
        underWay--;
        letter.entry().underWay = false;
        notifyAll();
        return letter.entry();
    }

    private void requeue(Entry entry, long due) {
        if (entry.underWay || entry.partition.revoked || entry.held < 0) {
            return;
        }
        Lane lane = lane(entry.newest);
        if (entry.queued) {
            lane.waiting.remove(entry);
        }
        entry.due = due;
        entry.order = order++;
        entry.queued = true;
        lane.waiting.add(entry);
        notifyAll();
    }

    private static void release(Entry entry) {
        entry.partition.held.remove(entry.held);
        entry.held = -1;
    }

    private Lane lane(CommitStatus status) {
        return lanes.computeIfAbsent(status.repository().forge(), name -> new Lane());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
