package io.forgefleet.runtime.config;

import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.config.document.Section;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.work.RunTiming;
import java.time.Duration;

/**
 * The waits and bounds of the fleet. The defaults suit production; tests shorten them.
 *
 * @param shareLock how long the broker leaves a record with a slot that does not renew; renewed every third of it
 * @param shareHeartbeat how often a slot asks for its assignment
 * @param deliveryLimit after how many deaths of its workers, without anything done between them, a run becomes a dead letter
 * @param claimValidity how long a claim is good without a renewal, from before it was sent
 * @param claimRenewal how often a claim is renewed
 * @param claimMargin how long before the end of its claim an owner stops acting
 * @param retryDelay between two attempts of a run
 * @param attempts of a run, before its dead letter
 * @param runTimeout bound of a run, with all its attempts
 * @param drain how long running jobs may go on after a service was told to stop
 * @param closing how long after that a service may take to end what did not finish, and to flush and close
 * @param park how long what has to wait is put aside, and how often what is due is looked for
 */
public record Intervals(
        Duration shareLock,
        Duration shareHeartbeat,
        int deliveryLimit,
        Duration claimValidity,
        Duration claimRenewal,
        Duration claimMargin,
        Duration retryDelay,
        int attempts,
        Duration runTimeout,
        Duration drain,
        Duration closing,
        Duration park) {

    public static final Intervals DEFAULTS = new Intervals(
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            ShareGroup.DELIVERY_LIMIT,
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            3,
            Duration.ofMinutes(25),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofMinutes(1));

    static Intervals read(Section section) {
        Intervals intervals = new Intervals(
                section.duration("shareLock", DEFAULTS.shareLock),
                section.duration("shareHeartbeat", DEFAULTS.shareHeartbeat),
                section.number("deliveryLimit", DEFAULTS.deliveryLimit, 2, 100),
                section.duration("claimValidity", DEFAULTS.claimValidity),
                section.duration("claimRenewal", DEFAULTS.claimRenewal),
                section.duration("claimMargin", DEFAULTS.claimMargin),
                section.duration("retryDelay", DEFAULTS.retryDelay),
                section.number("attempts", DEFAULTS.attempts, 1, 100),
                section.duration("runTimeout", DEFAULTS.runTimeout),
                section.duration("drain", DEFAULTS.drain),
                section.duration("closing", DEFAULTS.closing),
                section.duration("park", DEFAULTS.park));
        try {
            intervals.claimTiming();
        } catch (IllegalArgumentException e) {
            section.error("claimValidity", String.valueOf(e.getMessage()));
        }
        return intervals;
    }

    public ClaimTiming claimTiming() {
        return new ClaimTiming(claimValidity, claimRenewal, claimMargin);
    }

    public RunTiming runTiming() {
        return new RunTiming(attempts, retryDelay, runTimeout, park);
    }

    /** The share group of a worker kind. */
    public ShareGroup shareGroup(String name) {
        return new ShareGroup(name, shareLock, deliveryLimit, shareHeartbeat);
    }
}
