package io.forgefleet.clients;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something outside of the fleet (a forge, a registry, an engine, git, a tool) did not do what it was asked. The message
 * says what was tried, what happened and what to do; it never holds a secret.
 */
public final class ClientException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** What the caller can make of a failure. */
    public enum Kind {
        /** What was asked for is not there. */
        NOT_FOUND,
        /** Credentials are missing, wrong, or allow too little. */
        UNAUTHORIZED,
        /** It may pass: connection, timeout, 5xx, rate limit. Worth another attempt. */
        UNAVAILABLE,
        /** As UNAVAILABLE, and what was asked is itself out of order: its disk is full, it died. Another one may do. */
        BROKEN,
        /** It will not pass by itself: the other side refuses what was asked, or a tool is missing. */
        REFUSED
    }

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    public ClientException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public ClientException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, null, cause);
    }

    /**
     * @param retryAfter how long the other side asks to wait, null when it does not say
     */
    public ClientException(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** The same failure with what to do about it. */
    public ClientException advising(String advice) {
        return new ClientException(kind, getMessage() + "; " + advice, retryAfter, this);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the same call may succeed later without anybody's help. */
    public boolean retryable() {
        return kind == Kind.UNAVAILABLE || kind == Kind.BROKEN;
    }

    /** How long the other side asks to wait before the next attempt; empty when it does not say. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
