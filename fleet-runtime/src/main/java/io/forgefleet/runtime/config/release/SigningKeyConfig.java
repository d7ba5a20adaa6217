package io.forgefleet.runtime.config.release;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.SecretReference;
import io.forgefleet.runtime.config.document.Section;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What releases are signed with. The secrets are looked up by the release worker alone, which is the only one that has to have
 * them. Exactly one of a key, the address of one in a key management service, and an identity.
 *
 * @param name unique
 * @param key cosign's private key, in PEM
 * @param passphrase of the key; null for one without
 * @param kms {@code awskms://…}, {@code gcpkms://…}, {@code azurekms://…} or {@code hashivault://…}; its credentials are those of
 *     the environment
 * @param keyless without a key, as an identity that a certificate authority confirms
 */
public record SigningKeyConfig(
        String name,
        @Nullable SecretReference key,
        @Nullable SecretReference passphrase,
        @Nullable String kms,
        @Nullable Keyless keyless) {

    /**
     * An identity.
     *
     * @param identity that certificates have to name
     * @param issuer of its tokens
     * @param token that proves it; null where the environment of the worker has one
     */
    public record Keyless(
            String identity, String issuer, @Nullable SecretReference token) {

        static Keyless read(Section section) {
            return new Keyless(section.text("identity"), section.text("issuer"), section.reference("token"));
        }
    }

    private static final Pattern KMS = Pattern.compile("(awskms|gcpkms|azurekms|hashivault)://\\S+");

    /** Reads one entry of the list of keys. */
    public static SigningKeyConfig read(Section section) {
        SigningKeyConfig config = new SigningKeyConfig(
                section.requiredParsed("name", Forms.NAME, Forms::name, "unnamed"),
                section.reference("key"),
                section.reference("passphrase"),
                section.optional("kms", "an address such as awskms:///alias/release", text -> Forms.matching(KMS, text))
                        .orElse(null),
                section.has("keyless") ? section.mapping("keyless", Keyless::read) : null);
        long ways = Stream.of(config.key != null, config.kms != null, config.keyless != null)
                .filter(Boolean::booleanValue)
                .count();
        // what is there and in error has been told already
        if (ways > 1 || (ways == 0 && !section.has("key") && !section.has("kms"))) {
            section.error("key", "exactly one of key, kms and keyless was expected");
        }
        return config;
    }
}
