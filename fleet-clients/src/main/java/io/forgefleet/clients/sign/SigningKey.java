package io.forgefleet.clients.sign;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What signs. */
public sealed interface SigningKey {

    /** What cosign calls it on its command line; never the key itself. */
    String reference();

    /**
     * A private key as {@code cosign generate-key-pair} writes it.
     *
     * @param file read anew for each signature
     */
    record KeyFile(Path file, Passphrase passphrase) implements SigningKey {

        @Override
        public String reference() {
            return file.toAbsolutePath().toString();
        }
    }

    /**
     * The same as the content of an environment variable.
     *
     * @param variable its name; cosign alone gets it
     */
    record KeyVariable(String variable, Passphrase passphrase) implements SigningKey {

        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        public KeyVariable {
            if (!NAME.matcher(variable).matches()) {
                throw new IllegalArgumentException("the name of an environment variable was expected: " + variable);
            }
        }

        @Override
        public String reference() {
            return "env://" + variable;
        }
    }

    /**
     * A key that never leaves its service.
     *
     * @param uri in cosign's form: {@code awskms:///alias/release}, {@code gcpkms://…}, {@code azurekms://…}, {@code
     *     hashivault://…}
     */
    record KmsKey(URI uri) implements SigningKey {

        private static final Pattern SCHEMES = Pattern.compile("awskms|gcpkms|azurekms|hashivault|openbao");

        public KmsKey {
            if (uri.getScheme() == null || !SCHEMES.matcher(uri.getScheme()).matches()) {
                throw new IllegalArgumentException(
                        "awskms://, gcpkms://, azurekms://, hashivault:// or openbao:// was expected: " + uri);
            }
        }

        @Override
        public String reference() {
            return uri.toString();
        }
    }

    /**
     * No key: a short-lived certificate on an identity, and an entry in a transparency log.
     *
     * @param identity that the certificate is expected to name
     * @param issuer who vouches for it
     * @param signingConfig which services sign, as {@code cosign signing-config create} writes it; null for Sigstore's own
     * @param trustedRoot whom to believe, as {@code cosign trusted-root create} writes it; null for Sigstore's own
     * @param token a file with the identity token, which is read by cosign; null when it finds one in its environment
     */
    record Keyless(
            String identity,
            URI issuer,
            @Nullable Path signingConfig,
            @Nullable Path trustedRoot,
            @Nullable Path token) implements SigningKey {

        @Override
        public String reference() {
            return "keyless " + identity;
        }
    }
}
