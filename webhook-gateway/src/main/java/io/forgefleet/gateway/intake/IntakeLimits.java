package io.forgefleet.gateway.intake;

import java.time.Duration;

/**
 * What the gateway takes at most. All sizes in bytes.
 *
 * @param body one body, unpacked; larger ones are refused
 * @param bodies all bodies in memory at once; what would exceed it is refused for a while
 * @param small bodies up to this size are worked on at once, larger ones off the event loop; an eighth of {@code bodies}
 *     is kept for them, so that large and slow ones never shut them out
 * @param arrival how long a body may take to arrive
 * @param pendingEvents events waiting for Kafka at once
 * @param publishing how long an event may take to be durable
 */
public record IntakeLimits(int body, long bodies, int small, Duration arrival, int pendingEvents, Duration publishing) {

    /** Answers within 3 s of a body's arrival. GitHub and GitLab send no more than 25 MB, and forges wait 5 to 10 s (GitHub Enterprise Server 30 s). */
    public static final IntakeLimits DEFAULT = new IntakeLimits(
            25 * 1024 * 1024, 64L * 1024 * 1024, 64 * 1024, Duration.ofSeconds(15), 4096, Duration.ofMillis(2500));

    public IntakeLimits {
        if (small < 1 || body < small || bodies < body || pendingEvents < 1) {
            throw new IllegalArgumentException("each limit must have room for the one before it");
        }
    }
}
