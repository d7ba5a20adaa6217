package io.forgefleet.work.evidence;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A file is no evidence bundle, or a damaged one. The message says what of it. */
public final class UnreadableEvidenceException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    public UnreadableEvidenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public UnreadableEvidenceException(String message) {
        this(message, null);
    }
}
