package io.forgefleet.build.template;

import java.io.Serial;
import java.util.List;

/** A command made no database, and would not the next time: that is remembered. */
final class PreparationException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> lastLines;

    PreparationException(String message, List<String> lastLines) {
        super(message);
        this.lastLines = List.copyOf(lastLines);
    }

    /** The end of what it printed. */
    List<String> lastLines() {
        return lastLines;
    }
}
