package io.forgefleet.work.evidence.proof;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A signature does not hold, or what it signs cannot be read. The message is a clause: {@code it is not signed by key …}. */
public final class UnprovenException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    public UnprovenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public UnprovenException(String message) {
        this(message, null);
    }
}
