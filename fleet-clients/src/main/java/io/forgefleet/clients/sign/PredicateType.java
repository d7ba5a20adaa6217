package io.forgefleet.clients.sign;

import java.util.Arrays;
import java.util.Optional;

/** What an attestation says of its subject. */
public enum PredicateType {
    /** That somebody signed it; made by {@link Signer#sign}, not by {@link Signer#attest}. */
    SIGNATURE("https://sigstore.dev/cosign/sign/v1"),
    /** How it was made: SLSA provenance 1. */
    PROVENANCE("https://slsa.dev/provenance/v1"),
    /** What is in it, as CycloneDX. */
    CYCLONEDX("https://cyclonedx.org/bom"),
    /** What is in it, as SPDX. */
    SPDX("https://spdx.dev/Document"),
    /** What is known about what is in it, and what the gate says to that: cosign's vulnerability report. */
    VULNERABILITIES("https://cosign.sigstore.dev/attestation/vuln/v1");

    private final String uri;

    PredicateType(String uri) {
        this.uri = uri;
    }

    /** As statements name it. */
    public String uri() {
        return uri;
    }

    /** By the name that statements have for it. */
    public static Optional<PredicateType> of(String uri) {
        return Arrays.stream(values()).filter(each -> each.uri.equals(uri)).findFirst();
    }
}
