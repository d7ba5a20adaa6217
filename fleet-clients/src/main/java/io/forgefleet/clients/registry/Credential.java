package io.forgefleet.clients.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What opens a registry.
 *
 * @param user empty with an identity token
 * @param secret password, or the identity token
 * @param identityToken whether the secret is an OAuth2 refresh token, which is only to be traded for access tokens
 */
public record Credential(String user, String secret, boolean identityToken) {

    /** The Authorization header of it; of no use with an identity token. */
    public String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Credential[" + user + "]";
    }
}
