package io.forgefleet.runtime.claim;

import io.forgefleet.runtime.claim.ClaimTable.Entry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One contender for one key: what it may send when, and until when it may act. It is told the time and what the log
 * shows, asks nothing and waits for nothing, so that a simulation can drive it. Times are those of a monotonic clock of
 * its own process, in nanoseconds. Not thread-safe.
 */
final class ClaimSession {

    /** What a contender who owns nothing yet should do. */
    sealed interface Decision {
        /** Send this claim. */
        record Send(ClaimRecord claim) implements Decision {}

        /** Look again at this time, or when the key's entry changes. */
        record Wait(long until) implements Decision {}

        /** Another record's owner was seen alive: there is nothing to do here. */
        record Elsewhere(Entry owner) implements Decision {}
    }

    private enum State {
        CONTENDING,
        OWNER,
        OVER
    }

    private static final int MOST_UNANSWERED = 64;

    private final String owner;
    private final RecordRef job;
    private final long validity;
    private final long margin;
    private final Map<Integer, Long> sentAt = new LinkedHashMap<>();
    private State state = State.CONTENDING;
    private int sequence;
    private long confirmed;
    private long epoch = ClaimTable.NONE;

    ClaimSession(String owner, RecordRef job, ClaimTiming timing) {
        this.owner = owner;
        this.job = job;
        this.validity = timing.validity().toNanos();
        this.margin = timing.margin().toNanos();
    }

    /**
     * What to do now.
     *
     * @param newest the key's entry, or null
     * @param seenAt when this process read that entry; null when it no longer knows
     * @param currentSince since when this process has read to the log's end without a break; null when it does not
     */
    Decision decide(long now, @Nullable Entry newest, @Nullable Long seenAt, @Nullable Long currentSince) {
        if (currentSince == null) {
            return new Decision.Wait(now + margin / 20);
        }
        if (newest == null || newest.isFree()) {
            return new Decision.Send(claim(now, newest));
        }
        long quietSince = seenAt == null || seenAt - currentSince < 0 ? currentSince : seenAt;
        if (now - quietSince >= validity) {
            return new Decision.Send(claim(now, newest));
        }
        boolean seenAlive = quietSince != currentSince;
        if (seenAlive && !newest.content().job().equals(job)) {
            return new Decision.Elsewhere(newest);
        }
        return new Decision.Wait(quietSince + validity);
    }

    /** The next renewal, or null when this is not the owner (any more). */
    @Nullable
    ClaimRecord renewal(long now, @Nullable Entry newest) {
        return newest != null && owns(newest) ? sent(now, ClaimRecord.Type.RENEWAL, newest.offset()) : null;
    }

    /** The release, after which it may not act; null when this is not the owner (any more). */
    @Nullable
    ClaimRecord release(long now, @Nullable Entry newest) {
        ClaimRecord release =
                newest != null && owns(newest) ? sent(now, ClaimRecord.Type.RELEASE, newest.offset()) : null;
        state = State.OVER;
        return release;
    }

    /** Told of each valid record of the key, in order. */
    void observed(Entry valid) {
        if (state == State.OVER) {
            return;
        }
        if (!valid.belongsTo(owner)) {
            if (state == State.OWNER) {
                state = State.OVER;
            }
            return;
        }
        Long sent = sentAt.remove(valid.content().sequence());
        if (sent == null) {
            return;
        }
        if (state == State.CONTENDING) {
            state = State.OWNER;
            epoch = valid.epoch();
            confirmed = sent;
        } else if (sent - confirmed > 0) {
            confirmed = sent;
        }
    }

    /** Whether it may act at this instant. */
    boolean mayAct(long now) {
        return state == State.OWNER && confirmed + validity - margin - now > 0;
    }

    /** Whether it may act on the word of a record that was sent at this time or later. */
    boolean mayActConfirmedSince(long time, long now) {
        return mayAct(now) && confirmed - time >= 0;
    }

    boolean isOwner() {
        return state == State.OWNER;
    }

    /** Displaced or released: it will never act again. */
    boolean isOver() {
        return state == State.OVER;
    }

    /** Offset of the claim; meaningful once it is owner. */
    long epoch() {
        return epoch;
    }

    private boolean owns(Entry newest) {
        return state == State.OWNER && newest.belongsTo(owner) && newest.epoch() == epoch;
    }

    private ClaimRecord claim(long now, @Nullable Entry newest) {
        return sent(now, ClaimRecord.Type.CLAIM, newest == null ? ClaimTable.NONE : newest.offset());
    }

    private ClaimRecord sent(long now, ClaimRecord.Type type, long previous) {
        if (sentAt.size() == MOST_UNANSWERED) {
            sentAt.remove(sentAt.keySet().iterator().next());
        }
        sentAt.put(sequence, now);
        return new ClaimRecord(
                type, previous, type == ClaimRecord.Type.CLAIM ? ClaimTable.NONE : epoch, owner, sequence++, job);
    }
}
