package io.forgefleet.cleanup.driver.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.cleanup.driver.Removal;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A JSON API with headers that let us in. Thread-safe. */
final class JsonApi {

    private static final int MOST_PAGES = 5000;

    /** Headers of each request, made anew, since they hold tokens that expire. */
    @FunctionalInterface
    interface Headers {
        Map<String, String> make() throws ClientException, InterruptedException;
    }

    private final URI base;
    private final HttpCalls calls;
    private final Headers headers;

    /**
     * @param base with a slash at its end
     */
    JsonApi(URI base, Duration timeout, Headers headers) {
        this.base = base;
        this.calls = new HttpCalls(timeout);
        this.headers = headers;
    }

    HttpResponse<byte[]> get(String path) throws ClientException, InterruptedException {
        String tried = "get " + base.resolve(path);
        HttpResponse<byte[]> answer = calls.send(tried, request(path).GET().build());
        if (answer.statusCode() / 100 != 2) {
            throw HttpCalls.failure(tried, answer);
        }
        return answer;
    }

    JsonNode json(String path) throws ClientException, InterruptedException {
        return tree("get " + base.resolve(path), get(path));
    }

    JsonNode post(String path, Object body) throws ClientException, InterruptedException {
        String tried = "post to " + base.resolve(path);
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(body)));
        HttpResponse<byte[]> answer = calls.send(tried, request.build());
        if (answer.statusCode() / 100 != 2) {
            throw HttpCalls.failure(tried, answer);
        }
        return tree(tried, answer);
    }

    /** Elements of all pages: asked for by number until one is empty, since servers cut pages as they like. */
    List<JsonNode> pages(String path, Function<JsonNode, JsonNode> elements)
            throws ClientException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        for (int page = 1; page <= MOST_PAGES; page++) {
            JsonNode found = elements.apply(json(path + (path.contains("?") ? "&" : "?") + "page=" + page));
            if (found.isEmpty()) {
                return all;
            }
            found.forEach(all::add);
        }
        throw new ClientException(
                Kind.REFUSED, "could not read " + base.resolve(path) + ": more than " + MOST_PAGES + " pages");
    }

    Removal delete(String path) throws InterruptedException {
        String tried = "delete " + base.resolve(path);
        try {
            HttpResponse<byte[]> answer =
                    calls.send(tried, request(path).DELETE().build());
            if (answer.statusCode() == 202) {
                return new Removal.Accepted();
            }
            return answer.statusCode() / 100 == 2
                    ? new Removal.Removed()
                    : Removal.of(HttpCalls.failure(tried, answer));
        } catch (ClientException e) {
            return Removal.of(e);
        }
    }

    private HttpRequest.Builder request(String path) throws ClientException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).header("Accept", "application/json");
        headers.make().forEach(request::setHeader);
        return request;
    }

    private static JsonNode tree(String tried, HttpResponse<byte[]> answer) throws ClientException {
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": the answer is not JSON", e);
        }
    }

    /** As one segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
