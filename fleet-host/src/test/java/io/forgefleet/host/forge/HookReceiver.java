package io.forgefleet.host.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Takes webhooks and keeps them. */
final class HookReceiver implements AutoCloseable {

    record Received(Map<String, String> headers, String body) {

        String type() {
            return headers.getOrDefault("X-Forgejo-Event-Type", "");
        }

        JsonObject json() {
            return new JsonObject(body);
        }

        @Override
        public String toString() {
            return type() + " " + json().getString("ref", json().getString("action"));
        }
    }

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();

    HookReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        received.add(new Received(headers, new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
        exchange.sendResponseHeaders(202, -1);
        exchange.close();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks/demo");
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    /** The one that comes, or has come, and is like this. */
    Received await(String type, Predicate<JsonObject> like) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> received.stream()
                                .filter(hook -> hook.type().equals(type) && like.test(hook.json()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
