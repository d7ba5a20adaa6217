package io.forgefleet.work.evidence.proof;

import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;

/** Finds out whether a bundle is signed by whom it should be. Thread-safe. */
public interface Prover {

    /** Whose signatures count. */
    Trust trust();

    /**
     * Verifies the signature of a bundle; for which subjects it was made is for the caller to look at.
     *
     * @throws UnprovenException when it does not hold
     * @throws SignException when nobody can tell, since a tool or a service is missing
     */
    Proof prove(SignedBundle bundle) throws UnprovenException, SignException, InterruptedException;
}
