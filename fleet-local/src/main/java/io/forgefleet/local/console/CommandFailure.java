package io.forgefleet.local.console;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; what it says is for people and holds no secret. */
public final class CommandFailure extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final String advice;

    /**
     * @param message what was tried and what happened
     * @param advice what to do now, lines separated by line feeds; empty where the message says it
     */
    public CommandFailure(String message, String advice, @Nullable Throwable cause) {
        super(message, cause);
        this.advice = advice;
    }

    public CommandFailure(String message, String advice) {
        this(message, advice, null);
    }

    public String advice() {
        return advice;
    }
}
