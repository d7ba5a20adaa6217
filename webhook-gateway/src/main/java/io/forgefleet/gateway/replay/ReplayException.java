package io.forgefleet.gateway.replay;

import java.io.Serial;

/** A replay cannot be done as it was asked for. */
public final class ReplayException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** What stands in the way. */
    public enum Kind {
        /** The request says something impossible or ambiguous. */
        INVALID,
        /** Nothing matches. */
        NOTHING,
        /** Kafka is away, or what is known may not be all. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final String advice;

    ReplayException(Kind kind, String message, String advice) {
        super(message);
        this.kind = kind;
        this.advice = advice;
    }

    public Kind kind() {
        return kind;
    }

    /** What the caller can do. */
    public String advice() {
        return advice;
    }
}
