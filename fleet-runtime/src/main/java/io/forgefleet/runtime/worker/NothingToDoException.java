package io.forgefleet.runtime.worker;

import java.io.Serial;

/**
 * The event asks nothing of this kind, as only a look at its commit shows. A run of a {@linkplain WorkerDeclaration#quiet quiet} kind
 * that has begun no step leaves no trace then; any other one ends as succeeded.
 */
public final class NothingToDoException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** @param why for people */
    public NothingToDoException(String why) {
        super(why);
    }
}
