package io.forgefleet.release.work;

import java.time.Duration;
import java.time.Instant;

/** Since when a run has not come on, by which the waits between its tries grow. */
final class Progress {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofDays(1);

    private Instant since;

    Progress(Instant began) {
        since = began;
    }

    /** Something was done at this time. */
    void came(Instant at) {
        if (at.isAfter(since)) {
            since = at;
        }
    }

    /** Whether what is in the way was waited for long enough. */
    boolean isHopeless(Instant now) {
        return Duration.between(since, now).compareTo(PATIENCE) > 0;
    }

    /** How long to wait for it, at least {@code shortest}. */
    Duration wait(Instant now, Duration shortest) {
        Duration quarter = Duration.between(since, now).dividedBy(4);
        Duration wait = quarter.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : quarter;
        return wait.compareTo(shortest) < 0 ? shortest : wait;
    }
}
