package io.forgefleet.gateway.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Speaks what GitHub documents of code scanning, and answers uploads of a repository as it is told. */
final class CodeScanning implements AutoCloseable {

    static final String TOKEN = "writing-token";
    private static final String ID = "47177e22-5596-11eb-80a1-c1e54ef945c6";

    /**
     * What was uploaded.
     *
     * @param sarif uncompressed
     */
    record Upload(String repository, String commit, String ref, JsonNode sarif) {}

    private final HttpServer server;
    private final Map<String, Deque<String>> faults = new ConcurrentHashMap<>();
    private final Map<String, String> processing = new ConcurrentHashMap<>();
    private final List<Upload> uploads = new CopyOnWriteArrayList<>();

    CodeScanning() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v3/repos/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Refuses uploads of a repository, each once: {@code status body}. */
    void refuse(String repository, String... answers) {
        faults.put(repository, new ConcurrentLinkedDeque<>(List.of(answers)));
    }

    /** What it says of uploads that it took. */
    void process(String repository, String status) {
        processing.put(repository, status);
    }

    /** All that were asked for, refused ones too. */
    List<Upload> uploads(String repository) {
        return uploads.stream()
                .filter(upload -> upload.repository().equals(repository))
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/", 6);
        String repository = path[3] + "/" + path[4];
        if (!Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "")
                .endsWith(TOKEN)) {
            send(exchange, "401 {\"message\":\"Bad credentials\"}");
        } else if (exchange.getRequestMethod().equals("POST") && path[5].equals("code-scanning/sarifs")) {
            JsonNode asked = Json.mapper().readTree(body);
            byte[] sarif = Base64.getDecoder().decode(asked.path("sarif").asText());
            uploads.add(new Upload(
                    repository,
                    asked.path("commit_sha").asText(),
                    asked.path("ref").asText(),
                    Json.mapper().readTree(new GZIPInputStream(new ByteArrayInputStream(sarif)))));
            send(exchange, taken(faults.get(repository)));
        } else if (path[5].equals("code-scanning/sarifs/" + ID)) {
            send(exchange, "200 " + processing.getOrDefault(repository, "{\"processing_status\":\"complete\"}"));
        } else {
            send(exchange, "404 {\"message\":\"Not Found\"}");
        }
    }

    private static String taken(@Nullable Deque<String> faults) {
        String fault = faults == null ? null : faults.poll();
        return fault == null ? "202 {\"id\":\"" + ID + "\",\"url\":\"x\"}" : fault;
    }

    private static void send(HttpExchange exchange, String answer) throws IOException {
        byte[] bytes = answer.substring(4).getBytes(UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
