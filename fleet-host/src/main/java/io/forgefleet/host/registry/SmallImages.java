package io.forgefleet.host.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.forgefleet.host.process.Command;
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
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Pushes small images, made of a few files, to one repository of a registry of this host, without an engine.
 *
 * @param registry host and port, plain HTTP
 * @param repository without the registry
 */
public record SmallImages(String registry, String repository) {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

    private static final Duration TAR_WITHIN = Duration.ofSeconds(20);
    private static final int MOST_OUTPUT = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Files of an image in which a Python package is installed, as scanners see it. */
    public static Map<String, String> python(String name, String version) {
        return Map.of(
                "usr/lib/python3/dist-packages/" + name + "-" + version + ".dist-info/METADATA",
                "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
    }

    /**
     * Pushes an image of one platform.
     *
     * @param folder for temporary files
     * @param platform {@code os/arch}
     * @param files their contents by their paths
     * @return its digest
     */
    public String push(Path folder, String platform, Map<String, String> files)
            throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(folder, "layer");
        for (Map.Entry<String, String> each : files.entrySet()) {
            Path file = root.resolve(each.getKey());
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(file, each.getValue());
        }
        return push(folder, platform, root);
    }

    /**
     * The same of all files below a root.
     *
     * @param root a folder of the other one
     */
    public String push(Path folder, String platform, Path root) throws IOException, InterruptedException {
        byte[] layer = tar(folder, root);
        String[] parts = platform.split("/", 2);
        byte[] config = JSON.writeValueAsBytes(Map.of(
                "os",
                parts[0],
                "architecture",
                parts[1],
                "config",
                Map.of(),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of(digest(layer)))));
        blob(layer);
        blob(config);
        return manifest(
                MANIFEST,
                JSON.writeValueAsBytes(Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MANIFEST,
                        "config",
                        descriptor(CONFIG, config),
                        "layers",
                        List.of(descriptor(LAYER, layer)))));
    }

    /**
     * Pushes an index of images that are there.
     *
     * @param images digests by their platforms
     * @return its digest
     */
    public String index(Map<String, String> images) throws IOException, InterruptedException {
        List<Map<String, Object>> manifests = new ArrayList<>();
        for (Map.Entry<String, String> each : images.entrySet()) {
            String[] parts = each.getKey().split("/", 2);
            byte[] manifest = get("manifests/" + each.getValue());
            manifests.add(Map.of(
                    "mediaType",
                    MANIFEST,
                    "digest",
                    each.getValue(),
                    "size",
                    manifest.length,
                    "platform",
                    Map.of("os", parts[0], "architecture", parts[1])));
        }
        return manifest(
                INDEX, JSON.writeValueAsBytes(Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", manifests)));
    }

    private static byte[] tar(Path folder, Path root) throws IOException, InterruptedException {
        Path tar = folder.resolve(root.getFileName() + ".tar");
        new Command(
                        List.of("tar", "--sort=name", "--mtime=@0", "-C", root.toString(), "-cf", tar.toString(), "."),
                        folder,
                        Map.of(),
                        TAR_WITHIN,
                        MOST_OUTPUT)
                .run();
        return Files.readAllBytes(tar);
    }

    private void blob(byte[] content) throws IOException, InterruptedException {
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

    private String manifest(String type, byte[] content) throws IOException, InterruptedException {
        String digest = digest(content);
        send(HttpRequest.newBuilder(URI.create("http://" + registry + "/v2/" + repository + "/manifests/" + digest))
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofByteArray(content)));
        return digest;
    }

    private byte[] get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://" + registry + "/v2/" + repository + "/" + path))
                        .header("Accept", MANIFEST))
                .body();
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(answer + ": " + new String(answer.body(), StandardCharsets.UTF_8));
            }
            return answer;
        }
    }

    private static Map<String, Object> descriptor(String type, byte[] content) {
        return Map.of("mediaType", type, "digest", digest(content), "size", content.length);
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
