package io.forgefleet.events.repofile;

import java.io.Serial;
import java.util.List;

/** A repository file is wrong; the message names every error with its place. */
public final class RepositoryFileException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> errors;

    public RepositoryFileException(List<String> errors) {
        super(RepositoryFile.PATH + " is not valid: " + String.join("; ", errors));
        this.errors = List.copyOf(errors);
    }

    /** Each error: its place, what was found, what was expected. */
    public List<String> errors() {
        return errors;
    }
}
