package io.forgefleet.clients.sign;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Something could not be signed, or a signature does not hold. The message says what was tried, what happened and what to do;
 * it holds no secret.
 */
public final class SignException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Problem {
        TOOL_MISSING,
        KEY_MISSING,
        PASSPHRASE_WRONG,
        /** Transparency log, certificate authority, key service or registry do not answer. */
        UNAVAILABLE,
        /** The registry lets us sign nothing there: credentials, or it takes no such manifests. */
        REGISTRY_REFUSES,
        /** Nothing of the kind is there. */
        SIGNATURE_ABSENT,
        /** Something is there, and it is not by whom it should be, or about something else. */
        SIGNATURE_WRONG,
        /** The tool ended with an error that is none of these, or was killed. */
        CRASHED,
        TIMED_OUT
    }

    private final Problem problem;

    public SignException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public SignException(Problem problem, String message) {
        this(problem, message, null);
    }

    public Problem problem() {
        return problem;
    }

    /** Whether another attempt may succeed without anybody's help. */
    public boolean retryable() {
        return problem == Problem.UNAVAILABLE || problem == Problem.CRASHED || problem == Problem.TIMED_OUT;
    }

    /** Whether this says that a signature does not hold, and not that nobody knows. */
    public boolean unverified() {
        return problem == Problem.SIGNATURE_ABSENT || problem == Problem.SIGNATURE_WRONG;
    }
}
