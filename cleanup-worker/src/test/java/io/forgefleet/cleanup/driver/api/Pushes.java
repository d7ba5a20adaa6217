package io.forgefleet.cleanup.driver.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Pushes the smallest images there are, as the specification has it. */
public final class Pushes {

    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final String authorization;

    public Pushes(String host, String repository, String authorization) {
        this.base = URI.create("http://" + host + "/v2/" + repository + "/");
        this.authorization = authorization;
    }

    /** An image of its own, told from others by its note. */
    public Digest image(String note, Optional<Digest> subject, String... tags)
            throws IOException, InterruptedException {
        byte[] config =
                ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
                                + "\"config\":{\"Labels\":{\"note\":\"" + note + "\"}}}")
                        .getBytes(UTF_8);
        blob(config);
        Map<String, Object> manifest = new TreeMap<>(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                Map.of(
                        "mediaType",
                        "application/vnd.oci.image.config.v1+json",
                        "digest",
                        Digest.of(config).value(),
                        "size",
                        config.length),
                "layers",
                List.of(),
                "annotations",
                Map.of("note", note)));
        subject.ifPresent(
                about -> manifest.put("subject", Map.of("mediaType", MANIFEST, "digest", about.value(), "size", 1)));
        return manifest(MANIFEST, Json.write(manifest), tags);
    }

    public Digest index(Map<Digest, Integer> children, String... tags) throws IOException, InterruptedException {
        List<Map<String, Object>> manifests = children.entrySet().stream()
                .map(child -> Map.<String, Object>of(
                        "mediaType",
                        MANIFEST,
                        "digest",
                        child.getKey().value(),
                        "size",
                        child.getValue(),
                        "platform",
                        Map.of("os", "linux", "architecture", "amd64")))
                .toList();
        return manifest(
                INDEX, Json.write(Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", manifests)), tags);
    }

    private Digest manifest(String type, byte[] bytes, String... tags) throws IOException, InterruptedException {
        Digest digest = Digest.of(bytes);
        for (String reference : tags.length == 0 ? new String[] {digest.value()} : tags) {
            send(request("manifests/" + reference).header("Content-Type", type).PUT(BodyPublishers.ofByteArray(bytes)));
        }
        return digest;
    }

    private void blob(byte[] bytes) throws IOException, InterruptedException {
        String to = send(request("blobs/uploads/").POST(BodyPublishers.noBody()))
                .headers()
                .firstValue("Location")
                .orElseThrow();
        send(request(to + (to.contains("?") ? "&" : "?") + "digest=" + Digest.of(bytes))
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(bytes)));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer + ": " + new String(answer.body(), UTF_8));
        }
        return answer;
    }
}
