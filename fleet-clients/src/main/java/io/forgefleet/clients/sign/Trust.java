package io.forgefleet.clients.sign;

import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose signature counts: public material only. */
public sealed interface Trust {

    /** For people: fingerprint of the key, or identity and issuer. */
    String describe();

    /**
     * A public key.
     *
     * @param pem {@code -----BEGIN PUBLIC KEY-----}
     */
    record Key(String pem) implements Trust {

        private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");
        private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
        private static final String END = "-----END PUBLIC KEY-----";

        /** Refuses what is no public key of a kind that cosign makes. */
        public Key {
            parse(pem);
        }

        /** The same for the JDK. */
        public PublicKey key() {
            return parse(pem);
        }

        /** Digest of the key in DER (SubjectPublicKeyInfo). */
        public Digest fingerprint() {
            return Digest.of(key().getEncoded());
        }

        @Override
        public String describe() {
            return "key " + fingerprint();
        }

        private static PublicKey parse(String pem) {
            int begin = pem.indexOf(BEGIN);
            int end = pem.indexOf(END);
            if (begin >= 0 && end > begin) {
                String body = pem.substring(begin + BEGIN.length(), end).replaceAll("\\s", "");
                for (String algorithm : ALGORITHMS) {
                    try {
                        byte[] der = Base64.getDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
                        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
                    } catch (NoSuchAlgorithmException | InvalidKeySpecException | IllegalArgumentException e) {
                        // of another kind, or none at all
                    }
                }
            }
            throw new IllegalArgumentException("a public key in PEM was expected (EC, RSA or Ed25519)");
        }
    }

    /**
     * Certificates of an identity.
     *
     * @param identity whom they must name, in full
     * @param issuer who must have vouched for it
     * @param trustedRoot as {@code cosign trusted-root create} writes it; null for Sigstore's own, which needs network
     */
    record Certificate(
            String identity, URI issuer, @Nullable Path trustedRoot) implements Trust {

        @Override
        public String describe() {
            return "certificate of " + identity + " by " + issuer;
        }
    }
}
