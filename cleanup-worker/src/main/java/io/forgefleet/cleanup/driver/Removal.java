package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.ClientException;
import java.time.Duration;

/** What became of a request to let something go. None of them is an exception: a sweep goes on with the next thing. */
public sealed interface Removal {

    /** It is gone. */
    record Removed() implements Removal {}

    /** The registry took it on and does it later: look again before anything is built on it. */
    record Accepted() implements Removal {}

    /** It was not there. */
    record Absent() implements Removal {}

    /** The registry will not: it cannot, or keeps it for a reason of its own. Asking again does not help. */
    record Refused(String why) implements Removal {}

    /** Our token may not. */
    record Denied(String why) implements Removal {}

    /**
     * Not now: rate limit, failure of the registry, no answer. It may have been done all the same.
     *
     * @param after as long as the registry asked for, {@link Duration#ZERO} where it does not say
     */
    record Later(Duration after, String why) implements Removal {}

    /** What a failed call means. */
    static Removal of(ClientException failure) {
        String why = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case NOT_FOUND -> new Absent();
            case UNAUTHORIZED -> new Denied(why);
            case REFUSED -> new Refused(why);
            case UNAVAILABLE, BROKEN -> new Later(failure.retryAfter().orElse(Duration.ZERO), why);
        };
    }
}
