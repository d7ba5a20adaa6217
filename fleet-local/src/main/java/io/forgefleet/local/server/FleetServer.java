package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The management address of a fleet. Its failures say what to do. Thread-safe; every call blocks. */
public final class FleetServer implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final int MOST_BYTES = 16 << 20;

    private final URI base;
    private final String token;
    private final HttpClient http =
            HttpCalls.builder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * @param base {@code http://127.0.0.1:8081}
     * @param token of its API; empty where none is needed
     */
    public FleetServer(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** Asks for JSON; parameters that are empty are left out. */
    public JsonNode get(String path, Map<String, String> parameters) throws CommandFailure, InterruptedException {
        String query = parameters.entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return json(send(request(query.isEmpty() ? path : path + "?" + query).timeout(TIMEOUT)));
    }

    /** Sends JSON, and returns what is answered. */
    public JsonNode post(String path, JsonNode body) throws CommandFailure, InterruptedException {
        return json(send(request(path)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body)))));
    }

    /** Sends JSON, and reads an answer of lines that come while the work is done; the caller closes it. */
    public JsonLines lines(String path, JsonNode body) throws CommandFailure, InterruptedException {
        return new JsonLines(send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body)))));
    }

    /** Has something removed, and returns what is answered. */
    public JsonNode delete(String path) throws CommandFailure, InterruptedException {
        return json(send(request(path).timeout(TIMEOUT).DELETE()));
    }

    /** Opens a stream that goes on for as long as the fleet writes it; the caller closes it. */
    InputStream stream(String path, Map<String, String> headers) throws CommandFailure, InterruptedException {
        HttpRequest.Builder request = request(path);
        headers.forEach(request::header);
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private InputStream send(HttpRequest.Builder request) throws CommandFailure, InterruptedException {
        try {
            HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() >= 300) {
                try (InputStream body = response.body()) {
                    throw refused(response.statusCode(), body.readNBytes(MOST_BYTES));
                }
            }
            return response.body();
        } catch (IOException e) {
            throw absent(e);
        }
    }

    private JsonNode json(InputStream body) throws CommandFailure {
        try (body) {
            return Json.mapper().readTree(body.readNBytes(MOST_BYTES));
        } catch (IOException e) {
            throw new CommandFailure(
                    "what answers at " + base + " is no fleet, or broke off: " + e.getMessage(),
                    "is another program at this address? name the fleet's: --server URL or FLEET_SERVER",
                    e);
        }
    }

    private CommandFailure absent(IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new CommandFailure(
                "no fleet answers at " + base + " (" + why + ")",
                "start one: ./fleet up\nor name the management address of another: --server URL, or FLEET_SERVER",
                e);
    }

    private CommandFailure refused(int status, byte[] body) {
        if (status == 401) {
            return new CommandFailure(
                    "the fleet at " + base + " wants the token of its API",
                    "set FLEET_API_TOKEN to the value of api.token in its fleet.yml");
        }
        JsonNode answer;
        try {
            answer = Json.mapper().readTree(body);
        } catch (IOException e) {
            answer = Json.mapper().createObjectNode();
        }
        String message = answer.path("message").asText(answer.path("error").asText(""));
        return message.isEmpty()
                ? new CommandFailure(
                        "what answers at " + base + " said " + status,
                        "is another program at this address? name the fleet's: --server URL or FLEET_SERVER")
                : new CommandFailure(message, answer.path("advice").asText(""));
    }

    /** Ends connections that are open, and streams with them. */
    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The rows of an array of an answer. */
    public static List<JsonNode> rows(JsonNode array) {
        return array.valueStream().toList();
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
