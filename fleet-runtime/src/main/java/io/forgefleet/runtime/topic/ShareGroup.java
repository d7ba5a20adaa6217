package io.forgefleet.runtime.topic;

import java.time.Duration;

/**
 * A share group and what the broker is told about it.
 *
 * @param name without the prefix, as the worker kind is called
 * @param lockDuration how long a record stays with a consumer that does not renew; the broker allows 15 s to 60 s unless
 *     it is told otherwise
 * @param deliveryLimit after so many workers died over a run, one after the other and without coming on, it is given up; from 2.
 *     The broker's own limit, at which it drops records silently, is set as high as it allows, and never reached
 * @param heartbeat how often a consumer asks for its assignment. A wish: a broker that allows no less than its default
 *     of 5 s keeps that, and a first assignment takes as long
 */
public record ShareGroup(String name, Duration lockDuration, int deliveryLimit, Duration heartbeat) {

    public static final int DELIVERY_LIMIT = 10;

    public ShareGroup {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a share group needs a name");
        }
        if (!lockDuration.isPositive() || !heartbeat.isPositive()) {
            throw new IllegalArgumentException(
                    "lock duration and heartbeat of share group " + name + " must be positive");
        }
        if (deliveryLimit < 2) {
            throw new IllegalArgumentException("share group " + name + " needs a delivery limit of at least 2");
        }
    }

    /** With {@link #DELIVERY_LIMIT} and a heartbeat each second. */
    public static ShareGroup of(String name, Duration lockDuration) {
        return new ShareGroup(name, lockDuration, DELIVERY_LIMIT, Duration.ofSeconds(1));
    }
}
