package io.forgefleet.runtime.claim;

/**
 * The right to act for a key, renewed in the background until it is released, displaced, or the process ends.
 * Thread-safe.
 */
public final class Claim {

    private final Claims claims;
    private final String key;
    private final RecordRef job;
    final ClaimSession session;
    private volatile Runnable onLost = () -> {};

    Claim(Claims claims, String key, RecordRef job, ClaimSession session) {
        this.claims = claims;
        this.key = key;
        this.job = job;
        this.session = session;
    }

    public String key() {
        return key;
    }

    /** The record that the owner works on. */
    public RecordRef job() {
        return job;
    }

    /** Number of this ownership; a later owner of any key has a higher one. */
    public long epoch() {
        return claims.epoch(this);
    }

    /**
     * To be called right before each side effect: returns once a renewal sent after the call has been read back as
     * valid. While Kafka is away it waits, since nobody can be displaced then.
     *
     * @throws ClaimLostException when another owns the key now
     * @throws InterruptedException when the waiting thread is interrupted
     */
    public void ensureHeld() throws ClaimLostException, InterruptedException {
        claims.ensureHeld(this);
    }

    /** Runs this, once and on a thread that must not be blocked, when the claim is displaced; at once if it is already. */
    public void onLost(Runnable action) {
        onLost = action;
        claims.runIfLost(this);
    }

    /** Gives the key up; does nothing when it is not held any more. Does not wait for Kafka. */
    public void release() {
        claims.release(this);
    }

    void lost() {
        Runnable action = onLost;
        onLost = () -> {};
        action.run();
    }
}
