package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;

/**
 * A request to a recorded forge.
 *
 * @param path as sent, with dots resolved as proxies do
 * @param query as sent, empty without one
 */
record Asked(HttpExchange exchange, String method, String path, String query, String body) {

    static Asked of(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        return new Asked(
                exchange,
                exchange.getRequestMethod(),
                uri.normalize().getRawPath(),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    }

    boolean is(String asMethod, String asPath) {
        return method.equals(asMethod) && path.equals(asPath);
    }

    /** What follows a prefix of the path, decoded; empty when the path is another. */
    String after(String prefix) {
        return path.startsWith(prefix) ? URLDecoder.decode(path.substring(prefix.length()), UTF_8) : "";
    }

    /** A value of the query, empty without it. */
    String queried(String name) {
        return value(query, name);
    }

    /** A value of a form, empty without it. */
    String posted(String name) {
        return value(body, name);
    }

    JsonNode json() throws IOException {
        return Json.mapper().readTree(body);
    }

    void answer(int status, byte[] answer) throws IOException {
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    void answer(int status, String answer) throws IOException {
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
