package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.concurrent.Executors;

/** A real Gitea that does not know {@code force_push}, a filter for drafts, or files that come as they are, as Forgejo. */
final class OldForgejo implements AutoCloseable {

    private final URI gitea;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    OldForgejo(URI gitea) throws IOException {
        this.gitea = gitea;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (type != null && type.startsWith("application/json")) {
            body = new String(body, UTF_8)
                    .replace("\"force_push\":true", "\"x\":1")
                    .getBytes(UTF_8);
        } else if (type != null && !type.startsWith("multipart/form-data")) {
            RecordedForge.send(exchange, 415, "{\"message\":\"request Content-Type isn't multipart/form-data\"}");
            return;
        }
        String asked = exchange.getRequestURI().toString().replaceAll("draft=[a-z]+&", "");
        HttpRequest request = HttpRequest.newBuilder(gitea.resolve(asked))
                .header("Authorization", exchange.getRequestHeaders().getFirst("Authorization"))
                .header("Content-Type", type == null ? "application/json" : type)
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
    }
}
