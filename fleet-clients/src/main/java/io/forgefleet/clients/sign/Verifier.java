package io.forgefleet.clients.sign;

import io.forgefleet.events.image.Digest;
import java.nio.file.Path;

/**
 * Verifies with public material only. Returns when it holds, throws otherwise. Thread-safe; a call ends with all its
 * processes when its thread is interrupted.
 *
 * <p>Cosign 3 takes an attestation by the key for a signature when it is asked about an image's signature: who needs to know
 * that {@link PredicateType#SIGNATURE} itself is there looks at the bundles too ({@code work.evidence}).
 */
public interface Verifier {

    /** Whose signature it looks for. */
    Trust trust();

    /** An image or an index carries a signature. */
    void verify(ImageRef image) throws SignException, InterruptedException;

    /** An image or an index carries an attestation of the type. */
    void verifyAttestation(ImageRef image, PredicateType type) throws SignException, InterruptedException;

    /** A bundle signs the file. */
    void verifyBlob(Path blob, Path bundle) throws SignException, InterruptedException;

    /** A bundle signs a file of this digest, which itself need not be there. */
    void verifyBlob(Digest blob, Path bundle) throws SignException, InterruptedException;

    /**
     * A bundle attests something about what has this digest.
     *
     * @param predicateType as statements name it
     */
    void verifyBlobAttestation(Digest blob, String predicateType, Path bundle)
            throws SignException, InterruptedException;
}
