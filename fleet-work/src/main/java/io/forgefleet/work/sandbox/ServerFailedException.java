package io.forgefleet.work.sandbox;

import java.io.Serial;
import java.util.List;

/** A server beside a command did not get ready, or did not give what the command had left in it. */
public final class ServerFailedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> lastLines;
    private final boolean ready;

    ServerFailedException(boolean ready, List<String> lastLines) {
        super(ready ? "the server did not give what the command left" : "the server did not get ready");
        this.ready = ready;
        this.lastLines = List.copyOf(lastLines);
    }

    /** Whether it was ready for the command. */
    public boolean wasReady() {
        return ready;
    }

    /** The end of what its command printed. */
    public List<String> lastLines() {
        return lastLines;
    }
}
