package io.forgefleet.runtime.config;

import java.io.Serial;
import java.util.List;

/** The configuration is wrong; the message names every error with its place and what was expected. */
public final class ConfigException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> errors;

    /**
     * @param source what was read, as a person knows it
     * @param errors at least one; none holds a secret
     */
    public ConfigException(String source, List<String> errors) {
        super(source + " is not valid:\n  " + String.join("\n  ", errors));
        this.errors = List.copyOf(errors);
    }

    /** Each error: its path as a JSON pointer, what was expected, what was found, the line where there is one. */
    public List<String> errors() {
        return errors;
    }
}
