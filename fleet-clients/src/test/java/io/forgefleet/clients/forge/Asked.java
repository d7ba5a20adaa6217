package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URLDecoder;

/** A request to a recorded forge. */
final class Asked {

    private final HttpExchange exchange;
    private final byte[] content;
    private final boolean heard;

    private Asked(HttpExchange exchange, byte[] content, boolean heard) {
        this.exchange = exchange;
        this.content = content;
        this.heard = heard;
    }

    HttpExchange exchange() {
        return exchange;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    /** As sent, with dots resolved as proxies do. */
    String path() {
        return exchange.getRequestURI().normalize().getRawPath();
    }

    /** As sent, empty without one. */
    private String query() {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null ? "" : query;
    }

    byte[] content() {
        return content;
    }

    static Asked of(HttpExchange exchange) throws IOException {
        return new Asked(exchange, exchange.getRequestBody().readAllBytes(), true);
    }

    /** The same, whose answer gets lost. */
    Asked unheard() {
        return new Asked(exchange, content, false);
    }

    String body() {
        return new String(content, UTF_8);
    }

    boolean is(String asMethod, String asPath) {
        return method().equals(asMethod) && path().equals(asPath);
    }

    /** What follows a prefix of the path, decoded; empty when the path is another. */
    String after(String prefix) {
        return path().startsWith(prefix) ? URLDecoder.decode(path().substring(prefix.length()), UTF_8) : "";
    }

    /** A value of the query, empty without it. */
    String queried(String name) {
        return value(query(), name);
    }

    /** A value of a form, empty without it. */
    String posted(String name) {
        return value(body(), name);
    }

    JsonNode json() throws IOException {
        return Json.mapper().readTree(content);
    }

    void answer(int status, byte[] answer) throws IOException {
        if (!heard) {
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    void answer(int status, String answer) throws IOException {
        if (!heard) {
            exchange.close();
            return;
        }
        RecordedForge.send(exchange, status, answer);
    }

    private static String value(String form, String name) {
        for (String pair : form.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), UTF_8);
            }
        }
        return "";
    }
}
