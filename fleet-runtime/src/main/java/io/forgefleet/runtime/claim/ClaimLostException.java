package io.forgefleet.runtime.claim;

import java.io.Serial;

/** Somebody else may act now; whoever gets this stops and changes nothing any more. */
public final class ClaimLostException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    ClaimLostException(String key, long epoch) {
        super("claim " + epoch + " on " + key + " is lost: another worker acts for it now");
    }
}
