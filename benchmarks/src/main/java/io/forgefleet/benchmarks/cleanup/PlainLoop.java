package io.forgefleet.benchmarks.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What usual cleanup actions do: the same requests, one at a time. The peer. */
final class PlainLoop implements AutoCloseable {

    private static final String ACCEPT =
            "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    PlainLoop(String registry, String repository) {
        this.base = URI.create("http://" + registry + "/v2/" + repository + "/");
    }

    /** Reads every tag's manifest and what those name; how many there were. */
    int read() throws IOException, InterruptedException {
        Set<String> seen = new HashSet<>();
        for (String tag : tags()) {
            JsonNode manifest = get(tag, seen);
            for (JsonNode child : manifest.path("manifests")) {
                get(child.path("digest").asText(), seen);
            }
        }
        return seen.size();
    }

    /** Page by page: distribution 3 gives a thousand at most, whatever it is asked for. */
    private Set<String> tags() throws IOException, InterruptedException {
        Set<String> tags = new LinkedHashSet<>();
        boolean more = true;
        for (String last = ""; more; ) {
            HttpResponse<byte[]> page = send(HttpRequest.newBuilder(base.resolve("tags/list?n=1000" + last)), 200);
            more = false;
            for (JsonNode tag : Json.mapper().readTree(page.body()).path("tags")) {
                more |= tags.add(tag.asText());
                last = "&last=" + tag.asText();
            }
            more &= page.headers().firstValue("Link").isPresent();
        }
        return tags;
    }

    private JsonNode get(String reference, Set<String> seen) throws IOException, InterruptedException {
        byte[] body = send(
                        HttpRequest.newBuilder(base.resolve("manifests/" + reference))
                                .header("Accept", ACCEPT),
                        200)
                .body();
        seen.add(Digest.of(body).value());
        return Json.mapper().readTree(body);
    }

    void delete(List<Digest> digests) throws IOException, InterruptedException {
        for (Digest digest : digests) {
            delete(digest);
        }
    }

    void delete(Digest digest) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(base.resolve("manifests/" + digest)).DELETE(), 202);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, int expected)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != expected) {
            throw new IOException(answer + " where " + expected + " was expected");
        }
        return answer;
    }

    @Override
    public void close() {
        http.close();
    }
}
