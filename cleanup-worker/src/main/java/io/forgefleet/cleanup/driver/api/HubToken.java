package io.forgefleet.cleanup.driver.api;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Credential;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What Docker Hub's API wants in place of a password. Thread-safe. */
final class HubToken implements JsonApi.Headers {

    /** Where the credential is kept. */
    @FunctionalInterface
    interface Source {
        Optional<Credential> get() throws ClientException, InterruptedException;
    }

    private static final Duration LIFE = Duration.ofMinutes(5);

    private final JsonApi api;
    private final Source source;
    private String token = "";
    private Instant until = Instant.EPOCH;

    HubToken(JsonApi api, Source source) {
        this.api = api;
        this.source = source;
    }

    @Override
    public synchronized Map<String, String> make() throws ClientException, InterruptedException {
        if (Instant.now().isAfter(until)) {
            Optional<Credential> credential = source.get();
            if (credential.isEmpty()) {
                return Map.of();
            }
            Map<String, String> known = Map.of(
                    "identifier",
                    credential.get().user(),
                    "secret",
                    credential.get().secret());
            token = api.post("auth/token", known).path("access_token").asText("");
            until = Instant.now().plus(LIFE);
        }
        return Map.of("Authorization", "Bearer " + token);
    }
}
