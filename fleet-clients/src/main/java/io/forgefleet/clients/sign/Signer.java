package io.forgefleet.clients.sign;

import java.nio.file.Path;

/**
 * Signs with one key. Thread-safe; a call ends with all its processes when its thread is interrupted. To sign the same again
 * adds a signature and harms nothing.
 */
public interface Signer {

    /**
     * Whether the tool is there and the key can be used, before anything is built for it.
     *
     * @return whom the signatures can be verified by
     * @throws SignException with {@link SignException.Problem#KEY_MISSING}, {@link SignException.Problem#PASSPHRASE_WRONG},
     *     {@link SignException.Problem#TOOL_MISSING} or {@link SignException.Problem#UNAVAILABLE}
     */
    Trust checkKey() throws SignException, InterruptedException;

    /** Signs an image or an index by its digest; the signature lies beside it in the registry. */
    void sign(ImageRef image) throws SignException, InterruptedException;

    /**
     * Attests something about an image or an index; that lies beside it in the registry.
     *
     * @param type any but {@link PredicateType#SIGNATURE}
     * @param predicate a file with the predicate alone, as JSON
     */
    void attest(ImageRef image, PredicateType type, Path predicate) throws SignException, InterruptedException;

    /**
     * Signs a file.
     *
     * @param bundle gets the signature as a Sigstore bundle; replaced as a whole if it is there
     */
    void signBlob(Path blob, Path bundle) throws SignException, InterruptedException;

    /** Attests something about a file, as {@link #attest} and {@link #signBlob} do. */
    void attestBlob(Path blob, PredicateType type, Path predicate, Path bundle)
            throws SignException, InterruptedException;
}
