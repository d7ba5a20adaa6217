package io.forgefleet.gateway.signature;

import io.forgefleet.events.ForgeKind;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;

/**
 * Checks the signature of a delivery against every live secret of its forge. Each comparison takes the same time
 * whatever the difference. Thread-safe.
 */
public interface SignatureVerifier {

    /**
     * The secrets by which the delivery is signed: none when the signature is missing, empty, malformed or wrong, or when
     * no secret is configured.
     *
     * @param signed the bytes that the forge signs, see {@link #signsDecodedForm()}; read from position to limit and left
     *     as they are
     */
    List<WebhookSecret> signers(MultiMap headers, ByteBuffer signed);

    /**
     * What is signed where the body is a form: the JSON in its field {@code payload} (Gitea, Forgejo), or the raw body
     * (GitHub).
     */
    boolean signsDecodedForm();

    /**
     * The verifier for a forge.
     *
     * @param clock compared with the timestamps that GitLab signs
     * @throws IllegalArgumentException when a secret cannot be one; the message does not hold it
     */
    static SignatureVerifier of(ForgeKind kind, List<WebhookSecret> secrets, InstantSource clock) {
        return switch (kind) {
            case GITHUB -> new HexSignature(secrets, "sha256=", false, List.of("X-Hub-Signature-256"));
            case GITEA -> new HexSignature(secrets, "", true, List.of("X-Gitea-Signature"));
            case FORGEJO -> new HexSignature(secrets, "", true, List.of("X-Forgejo-Signature", "X-Gitea-Signature"));
            case GITLAB -> new GitLabSignature(secrets, clock);
        };
    }
}
