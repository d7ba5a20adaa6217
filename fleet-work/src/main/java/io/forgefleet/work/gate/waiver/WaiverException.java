package io.forgefleet.work.gate.waiver;

import java.io.Serial;
import java.util.List;

/** A waiver file or OpenVEX document is wrong; the message names every error with its place. None of it counts. */
public final class WaiverException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> errors;

    public WaiverException(String file, List<String> errors) {
        super(file + " is not valid: " + String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /** Each error: its line and column, what was found, what was expected. */
    public List<String> errors() {
        return errors;
    }
}
