package io.forgefleet.runtime.claim;

import java.time.Duration;

/**
 * How long claims hold; the same throughout a fleet.
 *
 * @param validity how long a claim is good without a renewal, measured from before it was sent
 * @param renewal how often it is renewed; at most a third of the validity, so that two renewals may be lost
 * @param margin how much earlier than that its owner stops acting: room for clocks that run at different speed and for
 *     the act itself
 */
public record ClaimTiming(Duration validity, Duration renewal, Duration margin) {

    public static final ClaimTiming DEFAULT =
            new ClaimTiming(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(2));

    public ClaimTiming {
        if (renewal.multipliedBy(3).compareTo(validity) > 0 || renewal.isNegative() || renewal.isZero()) {
            throw new IllegalArgumentException("claim renewal must be at most a third of the validity " + validity
                    + " and more than nothing, got: " + renewal);
        }
        if (margin.multipliedBy(4).compareTo(validity) > 0 || margin.isNegative() || margin.isZero()) {
            throw new IllegalArgumentException("claim margin must be at most a quarter of the validity " + validity
                    + " and more than nothing, got: " + margin);
        }
    }
}
