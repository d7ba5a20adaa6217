package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Authorization header of a registry's requests: Basic, or a token from the server that the registry names (the
 * distribution project's token authentication). Tokens are kept until shortly before they expire. Thread-safe.
 */
final class Access {

    private static final Pattern PARAMETER = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
    private static final Duration MARGIN = Duration.ofSeconds(10);
    private static final int SHORTEST_LIFE = 60;
    private static final int MOST_TOKENS = 1000;

    private record Token(String header, Instant until) {}

    private final HttpCalls calls;
    private final DockerCredentials credentials;
    private final String host;
    private final boolean plainHttp;
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();

    Access(HttpCalls calls, DockerCredentials credentials, String host, boolean plainHttp) {
        this.calls = calls;
        this.credentials = credentials;
        this.host = host;
        this.plainHttp = plainHttp;
    }

    /** What was good for the scope last time, null when nothing was asked for yet. */
    @Nullable
    String known(String scope) {
        Token token = tokens.get(scope);
        return token == null || token.until().isBefore(Instant.now()) ? null : token.header();
    }

    /** Answers the challenge of a 401; null when there is nothing to answer it with. */
    @Nullable
    String answer(String scope, HttpResponse<byte[]> challenged) throws ClientException, InterruptedException {
        Optional<Credential> credential = credentials.of(host);
        String challenge = challenged.headers().firstValue("WWW-Authenticate").orElse("");
        Token token;
        if (challenge.regionMatches(true, 0, "Bearer ", 0, 7)) {
            token = fetch(scope, challenge, credential);
        } else if (credential.isPresent() && !credential.get().identityToken()) {
            token = new Token(credential.get().basic(), Instant.now().plusSeconds(SHORTEST_LIFE));
        } else {
            return null;
        }
        if (tokens.size() >= MOST_TOKENS) {
            tokens.clear();
        }
        tokens.put(scope, token);
        return token.header();
    }

    private Token fetch(String scope, String challenge, Optional<Credential> credential)
            throws ClientException, InterruptedException {
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find()) {
            parameters.put(matcher.group(1), matcher.group(2));
        }
        String realm = parameters.getOrDefault("realm", "");
        String tried = "get a token for " + host + " from " + realm;
        if (!realm.startsWith("https://") && !(plainHttp && realm.startsWith("http://"))) {
            throw new ClientException(Kind.REFUSED, "could not " + tried + ": its token server must be https");
        }
        String query = "service=" + encoded(parameters.getOrDefault("service", "")) + "&scope=" + encoded(scope);
        HttpRequest.Builder request = HttpRequest.newBuilder();
        if (credential.isPresent() && credential.get().identityToken()) {
            request.uri(URI.create(realm))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(
                            query + "&client_id=forgefleet&grant_type=refresh_token&refresh_token="
                                    + encoded(credential.get().secret())));
        } else {
            request.uri(URI.create(realm + (realm.contains("?") ? "&" : "?") + query));
            credential.ifPresent(known -> request.header("Authorization", known.basic()));
        }
        HttpResponse<byte[]> response = calls.send(tried, request.build());
        if (response.statusCode() != 200) {
            throw HttpCalls.failure(tried, response);
        }
        try {
            JsonNode answer = Json.mapper().readTree(response.body());
            String token =
                    answer.path("token").asText(answer.path("access_token").asText(""));
            int life = Math.max(SHORTEST_LIFE, answer.path("expires_in").asInt(SHORTEST_LIFE));
            return new Token("Bearer " + token, Instant.now().plusSeconds(life).minus(MARGIN));
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": the answer is not JSON");
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
