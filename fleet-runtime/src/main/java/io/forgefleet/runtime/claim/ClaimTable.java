package io.forgefleet.runtime.claim;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claim log folded: each key's newest valid record. Everyone who folds the same log comes to the same table; also
 * one who starts later, where the log's head is gone already, for all that still binds. Not thread-safe.
 */
final class ClaimTable {

    /** Named as previous by the first record of a key. */
    static final long NONE = -1;

    /** A record this much older than the one that lands no longer binds it; half of what the log is kept for. */
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(12);

    /** The newest valid record of a key. */
    record Entry(long offset, long epoch, long appendedAt, ClaimRecord content) {

        boolean isFree() {
            return content.type() == ClaimRecord.Type.RELEASE;
        }

        boolean belongsTo(String owner) {
            return content.owner().equals(owner);
        }
    }

    /**
     * That a key's first record was taken on trust, since what it followed lies before the log's start.
     *
     * @param from what that record named as previous
     * @param chain offsets of that record and of all that follow it
     */
    private record Doubt(long from, Set<Long> chain) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Doubt> doubts = new HashMap<>();
    private final long logStart;
    private long firstAppendedAt = Long.MIN_VALUE;
    private long nextPurge = Long.MIN_VALUE;

    /**
     * An empty table.
     *
     * @param logStart first offset that the reader got
     */
    ClaimTable(long logStart) {
        this.logStart = logStart;
    }

    @Nullable
    Entry newest(String key) {
        return entries.get(key);
    }

    /**
     * Folds the next record in.
     *
     * @param appendedAt the log's own time of it, in milliseconds
     * @return its entry if it is valid, else null
     */
    @Nullable
    Entry apply(String key, long offset, long appendedAt, ClaimRecord entry) {
        if (firstAppendedAt == Long.MIN_VALUE) {
            firstAppendedAt = appendedAt;
        }
        purge(appendedAt);
        Entry newest = entries.get(key);
        if (newest != null && isForgotten(newest, appendedAt)) {
            newest = null;
        }
        Doubt doubt = doubts.get(key);
        if (newest != null && entry.previous() == newest.offset()) {
            if (entry.type() != ClaimRecord.Type.CLAIM && !isOwners(newest, entry)) {
                return null;
            }
            if (doubt != null) {
                doubt.chain().add(offset);
            }
        } else if (newest == null || (doubt != null && disproves(doubt, entry, appendedAt))) {
            begin(key, offset, appendedAt, entry);
        } else {
            return null;
        }
        boolean claim = entry.type() == ClaimRecord.Type.CLAIM;
        Entry valid = new Entry(offset, claim ? offset : entry.epoch(), appendedAt, entry);
        entries.put(key, valid);
        return valid;
    }

    private static boolean isOwners(Entry newest, ClaimRecord entry) {
        return newest.belongsTo(entry.owner()) && newest.epoch() == entry.epoch() && !newest.isFree();
    }

    /** Nothing binds this record, as far as this table knows: it knows that for sure only if it saw the log's head. */
    private void begin(String key, long offset, long appendedAt, ClaimRecord entry) {
        if (logStart > 0 && isNearStart(appendedAt)) {
            doubts.put(key, new Doubt(entry.previous(), new HashSet<>(Set.of(offset))));
        } else {
            doubts.remove(key);
        }
    }

    /**
     * What a record names was valid, since its writer had seen it so. If that is none of what this table took for valid,
     * and later than what its first record named, then that first record had lost a race, and who saw the head of the log
     * rejected it.
     */
    private boolean disproves(Doubt doubt, ClaimRecord entry, long appendedAt) {
        long previous = entry.previous();
        if (doubt.chain().contains(previous)) {
            return false;
        }
        return previous >= logStart || (isNearStart(appendedAt) && (previous > doubt.from() || previous == NONE));
    }

    /** Whether a record before the log's start may still have bound a record of this time. */
    private boolean isNearStart(long appendedAt) {
        return appendedAt - firstAppendedAt <= FORGOTTEN_AFTER.toMillis();
    }

    private static boolean isForgotten(Entry entry, long appendedAt) {
        return appendedAt - entry.appendedAt() > FORGOTTEN_AFTER.toMillis();
    }

    /** Drops what no record to come can be bound by; once an hour of the log's time. */
    private void purge(long appendedAt) {
        if (appendedAt >= nextPurge) {
            entries.values().removeIf(entry -> isForgotten(entry, appendedAt));
            doubts.keySet().retainAll(entries.keySet());
            nextPurge = appendedAt + Duration.ofHours(1).toMillis();
        }
    }
}
