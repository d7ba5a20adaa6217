package io.forgefleet.release;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;

/** Stands before a registry, or a forge, says when a release has been written down there, before its writer knows, and refuses things. */
final class WatchedRegistry implements AutoCloseable {

    /** Told of each writing of a version. */
    @FunctionalInterface
    interface Listener {
        /** Whether the writer is to hear of it. */
        boolean written(String version) throws Exception;
    }

    /** Told of each request. */
    @FunctionalInterface
    interface Refusal {
        /** The status to answer with, though it was done where it is 502; 0 to let it pass. */
        int status(String method, String path);
    }

    /** Told of each answer before whoever asked gets it. */
    @FunctionalInterface
    interface Answered {
        void answered(String method, String path) throws Exception;
    }

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "host", "content-length", "transfer-encoding", "expect", "upgrade", "date");

    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String behind;
    private volatile Listener listener = version -> true;
    private volatile Refusal refusal = (method, path) -> 0;
    private volatile Answered answered = (method, path) -> {};
    volatile boolean away;

    WatchedRegistry(String behind) throws IOException {
        this.behind = behind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    void tell(Listener other) {
        listener = other;
    }

    void hold(Answered other) {
        answered = other;
    }

    void refuse(Refusal other) {
        refusal = other;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (away) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        String path = exchange.getRequestURI().toString();
        int refused = refusal.status(exchange.getRequestMethod(), path);
        if (refused != 0 && refused != 502) {
            answer(exchange, refused);
            return;
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + behind + path))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
            answered.answered(exchange.getRequestMethod(), path);
            if (refused != 0) {
                answer(exchange, refused);
                return;
            }
            boolean saga = exchange.getRequestMethod().equals("PUT")
                    && path.contains("/releases/manifests/")
                    && !path.contains("sha256");
            if (saga && !listener.written(path.substring(path.lastIndexOf('/') + 1))) {
                exchange.close();
                return;
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            answer.headers().map().forEach((name, values) -> {
                boolean length = head && name.equalsIgnoreCase("content-length");
                if (length || !OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> exchange.getResponseHeaders().add(name, value.replace(behind, address())));
                }
            });
            boolean empty = head || answer.body().length == 0;
            exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : answer.body().length);
            if (!empty) {
                exchange.getResponseBody().write(answer.body());
            }
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            exchange.close();
        }
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] body =
                "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"not here\"}]}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
    }
}
