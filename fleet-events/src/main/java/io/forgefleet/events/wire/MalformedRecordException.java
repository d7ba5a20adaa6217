package io.forgefleet.events.wire;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A record holds what no writer of the contract writes; trying again does not help. */
public final class MalformedRecordException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    public MalformedRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
