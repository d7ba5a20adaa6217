package io.forgefleet.clients.scan;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Pushes small images, made of a few files, to a registry of this host. */
final class SampleImage {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

    private final String registry;
    private final String repository;

    SampleImage(String registry, String repository) {
        this.registry = registry;
        this.repository = repository;
    }

    /** What makes Syft see a Python package. */
    static Map<String, String> python(String name, String version) {
        return Map.of(
                "usr/lib/python3/dist-packages/" + name + "-" + version + ".dist-info/METADATA",
                "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
    }

    /** An image of one platform such as {@code linux/arm64}. */
    Digest push(Path folder, String platform, Map<String, String> files) throws Exception {
        byte[] layer = tar(folder, files);
        String[] parts = platform.split("/", 2);
        byte[] config = Json.write(Map.of(
                "os",
                parts[0],
                "architecture",
                parts[1],
                "config",
                Map.of(),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of(digest(layer).value()))));
        blob(layer);
        blob(config);
        return manifest(
                MANIFEST,
                Json.write(Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MANIFEST,
                        "config",
                        descriptor(CONFIG, config),
                        "layers",
                        List.of(descriptor(LAYER, layer)))));
    }

    /** An index of images by their platforms. */
    Digest index(Map<String, Digest> images) throws Exception {
        List<Map<String, Object>> manifests = new ArrayList<>();
        for (Map.Entry<String, Digest> each : images.entrySet()) {
            String[] parts = each.getKey().split("/", 2);
            byte[] manifest = get("manifests/" + each.getValue());
            manifests.add(Map.of(
                    "mediaType",
                    MANIFEST,
                    "digest",
                    each.getValue().value(),
                    "size",
                    manifest.length,
                    "platform",
                    Map.of("os", parts[0], "architecture", parts[1])));
        }
        return manifest(INDEX, Json.write(Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", manifests)));
    }

    private static byte[] tar(Path folder, Map<String, String> files) throws Exception {
        Path root = Files.createTempDirectory(folder, "layer");
        for (Map.Entry<String, String> each : files.entrySet()) {
            Path file = root.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, each.getValue());
        }
        Path tar = folder.resolve(root.getFileName() + ".tar");
        Process process = new ProcessBuilder(
                        "tar", "--sort=name", "--mtime=@0", "-C", root.toString(), "-cf", tar.toString(), ".")
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("tar failed");
        }
        return Files.readAllBytes(tar);
    }

    private void blob(byte[] content) throws Exception {
        URI base = URI.create("http://" + registry + "/v2/" + repository + "/");
        String location = send(HttpRequest.newBuilder(base.resolve("blobs/uploads/"))
                        .POST(BodyPublishers.noBody()))
                .headers()
                .firstValue("Location")
                .orElseThrow();
        String separator = location.contains("?") ? "&" : "?";
        send(HttpRequest.newBuilder(base.resolve(location + separator + "digest=" + digest(content)))
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    private Digest manifest(String type, byte[] content) throws Exception {
        Digest digest = digest(content);
        send(HttpRequest.newBuilder(URI.create("http://" + registry + "/v2/" + repository + "/manifests/" + digest))
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofByteArray(content)));
        return digest;
    }

    private byte[] get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create("http://" + registry + "/v2/" + repository + "/" + path))
                        .header("Accept", MANIFEST))
                .body();
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(answer + ": " + new String(answer.body(), StandardCharsets.UTF_8));
            }
            return answer;
        }
    }

    private static Map<String, Object> descriptor(String type, byte[] content) throws Exception {
        return Map.of("mediaType", type, "digest", digest(content).value(), "size", content.length);
    }

    private static Digest digest(byte[] content) throws Exception {
        return new Digest("sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }
}
