package io.forgefleet.runtime.worker;

import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something went wrong that may pass: a registry's 5xx, a cut connection. */
public final class RetryableException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /**
     * Tells of it.
     *
     * @param message what was tried, what happened, what to do
     * @param retryAfter the least time to wait, as the other side asked for; zero when it did not
     */
    public RetryableException(String message, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    public RetryableException(String message, @Nullable Throwable cause) {
        this(message, Duration.ZERO, cause);
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
