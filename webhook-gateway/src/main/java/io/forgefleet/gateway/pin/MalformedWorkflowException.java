package io.forgefleet.gateway.pin;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A file that is no YAML. The message says where and why: {@code path:line:column: why}. */
public final class MalformedWorkflowException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    MalformedWorkflowException(String path, int line, int column, String why, @Nullable Throwable cause) {
        super(path + ":" + line + ":" + column + ": not YAML that can be pinned: " + why, cause);
        this.line = line;
        this.column = column;
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** From 1, in code points. */
    public int column() {
        return column;
    }
}
