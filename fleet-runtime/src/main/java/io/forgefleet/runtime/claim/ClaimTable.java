package io.forgefleet.runtime.claim;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claim log folded: each key's newest valid record. Everyone who folds the same log comes to the same table, also
 * one who starts later, where the log's head is gone already. Not thread-safe.
 */
final class ClaimTable {

    /** Named as previous by the first record of a key. */
    static final long NONE = -1;

    /** A record this much older than the one that lands no longer binds it; well below the log's retention. */
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(12);

    /**
     * The newest valid record of a key.
     *
     * @param guessedFrom what it named as previous where that lies before the log's first offset, so that its validity
     *     was a guess; else {@link Long#MAX_VALUE}
     */
    record Entry(long offset, long epoch, long appendedAt, ClaimRecord content, long guessedFrom) {

        boolean isFree() {
            return content.type() == ClaimRecord.Type.RELEASE;
        }

        boolean belongsTo(String owner) {
            return content.owner().equals(owner);
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final long logStart;
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
        purge(appendedAt);
        Entry newest = entries.get(key);
        if (newest != null && appendedAt - newest.appendedAt() > FORGOTTEN_AFTER.toMillis()) {
            newest = null;
        }
        if (!follows(newest, entry)) {
            return null;
        }
        boolean guessed = entry.previous() != NONE && entry.previous() < logStart;
        Entry valid = new Entry(
                offset,
                entry.type() == ClaimRecord.Type.CLAIM ? offset : entry.epoch(),
                appendedAt,
                entry,
                guessed ? entry.previous() : Long.MAX_VALUE);
        entries.put(key, valid);
        return valid;
    }

    private boolean follows(@Nullable Entry newest, ClaimRecord entry) {
        if (newest == null) {
            // Nothing binds: the first record of the key, one after an entry that is forgotten, or one whose
            // predecessor the log no longer holds. Only a claim may start anew.
            boolean predecessorGone = entry.previous() != NONE && entry.previous() < logStart;
            return entry.type() == ClaimRecord.Type.CLAIM || predecessorGone;
        }
        if (entry.previous() == newest.offset()) {
            boolean owners = newest.belongsTo(entry.owner()) && newest.epoch() == entry.epoch() && !newest.isFree();
            return entry.type() == ClaimRecord.Type.CLAIM || owners;
        }
        // What stands here was a guess, and this record knows a later predecessor before the log's start: the guess was
        // wrong. All who saw the head of the log rejected what we guessed and accepted this.
        return newest.guessedFrom() != Long.MAX_VALUE
                && entry.previous() < logStart
                && entry.previous() > newest.guessedFrom();
    }

    /** Drops what no record to come can be bound by; once an hour of the log's time. */
    private void purge(long appendedAt) {
        if (appendedAt >= nextPurge) {
            entries.values().removeIf(entry -> appendedAt - entry.appendedAt() > FORGOTTEN_AFTER.toMillis());
            nextPurge = appendedAt + Duration.ofHours(1).toMillis();
        }
    }
}
