package io.forgefleet.release.saga;

import io.forgefleet.events.image.Digest;

/**
 * A file that a release has made so far, kept in the registry with its state.
 *
 * @param name unique in the release, as people get it
 * @param about digest of the image or file that it says something about; its own of an artifact
 */
public record KeptFile(Kind kind, String name, String mediaType, Digest digest, long size, Digest about) {

    /** What it is. */
    public enum Kind {
        /** What an artifact command made. */
        ARTIFACT,
        CYCLONEDX,
        SPDX,
        /** What scanners told, to be judged again. */
        TOLD,
        /** What the gate said: SARIF, or for people. */
        REPORT,
        /** What is attested about the vulnerabilities of its subject. */
        PREDICATE,
        /** A signature or attestation of a file. */
        BUNDLE,
        CHECKSUMS,
        EVIDENCE
    }

    /** Whether people get it with the release. */
    public boolean isAsset() {
        return kind != Kind.TOLD && kind != Kind.PREDICATE;
    }
}
