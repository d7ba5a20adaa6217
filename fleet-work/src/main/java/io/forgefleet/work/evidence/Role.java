package io.forgefleet.work.evidence;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a file of an evidence bundle is. */
public enum Role {
    /** A manifest or an index, byte for byte as the registry has it. */
    IMAGE_MANIFEST,
    /** A signature or an attestation, as a Sigstore bundle. */
    BUNDLE,
    SBOM_CYCLONEDX,
    SBOM_SPDX,
    /** For people and for other programs: what scanners found. */
    REPORT,
    /** The public key, or whose certificates signed. Whoever verifies knows that from elsewhere. */
    SIGNER;

    /** As it is written. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
