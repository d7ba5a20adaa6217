package io.forgefleet.clients.scan;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * It could not be found out what an image holds, or whether that is vulnerable. That is neither clean nor blocked. The
 * message says what was tried, what happened and what to do; it holds no secret.
 */
public final class ScanException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Problem {
        TOOL_MISSING,
        DATABASE_MISSING,
        /** Older than is allowed, so that it does not know the newest advisories. */
        DATABASE_OLD,
        /** The tool ended with an error, or was killed. */
        CRASHED,
        TIMED_OUT,
        /** What the tool printed is not what it documents, or without bounds. */
        UNREADABLE
    }

    private final Problem problem;

    public ScanException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public ScanException(Problem problem, String message) {
        this(problem, message, null);
    }

    public Problem problem() {
        return problem;
    }

    /** Whether another attempt may succeed without anybody's help. */
    public boolean retryable() {
        return problem == Problem.CRASHED || problem == Problem.TIMED_OUT;
    }
}
