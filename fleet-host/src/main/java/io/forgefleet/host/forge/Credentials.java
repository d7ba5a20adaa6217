package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Accounts;
import io.forgefleet.host.forge.repository.RefusedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Who sends a request: {@code Authorization: token …}, {@code Bearer …}, or Basic with the token as password. */
final class Credentials {

    private final Accounts accounts;

    Credentials(Accounts accounts) {
        this.accounts = accounts;
    }

    /**
     * Empty for a request without credentials.
     *
     * @throws RefusedException with 401 for wrong ones
     */
    Optional<Account> of(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return Optional.empty();
        }
        String[] parts = header.split(" ", 2);
        String token =
                switch (parts[0].toLowerCase(Locale.ROOT)) {
                    case "token", "bearer" -> parts.length == 2 ? parts[1].strip() : "";
                    case "basic" -> parts.length == 2 ? password(parts[1].strip()) : "";
                    default -> "";
                };
        return Optional.of(accounts.byToken(token)
                .orElseThrow(() -> new RefusedException(401, "invalid username, password or token")));
    }

    private static String password(String basic) {
        try {
            String decoded = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
            return decoded.substring(decoded.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
