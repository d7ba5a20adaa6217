package io.forgefleet.benchmarks.cleanup;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A repository written into the storage of the distribution project's registry (its "filesystem" driver), since pushing
 * thousands of images takes minutes. The registry may run meanwhile.
 */
final class StoredRepository {

    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    /** A manifest that is there. */
    record Written(Digest digest, String mediaType, int size) {

        private Map<String, Object> descriptor() {
            return Map.of("mediaType", mediaType, "digest", digest.value(), "size", size);
        }
    }

    private final Path blobs;
    private final Path repository;

    /**
     * @param storage the registry's {@code rootdirectory}
     */
    StoredRepository(Path storage, String name) {
        Path root = storage.resolve("docker/registry/v2");
        this.blobs = root.resolve("blobs/sha256");
        this.repository = root.resolve("repositories").resolve(name);
    }

    /** An image with a configuration of its own, and no layer. */
    Written image(String note, @Nullable Written subject) throws IOException {
        byte[] config = Json.write(Map.of(
                "architecture",
                "amd64",
                "os",
                "linux",
                "config",
                Map.of("Labels", Map.of("note", note)),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of())));
        Digest digest = blob(config);
        link(repository.resolve("_layers/sha256").resolve(hex(digest)), digest);
        Map<String, Object> manifest = new TreeMap<>(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                Map.of("mediaType", CONFIG, "digest", digest.value(), "size", config.length),
                "layers",
                List.of(),
                "annotations",
                Map.of("io.forgefleet.run", "run-" + note)));
        if (subject != null) {
            manifest.put("subject", subject.descriptor());
        }
        return manifest(MANIFEST, manifest);
    }

    Written index(List<Written> children) throws IOException {
        return manifest(
                INDEX,
                Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        INDEX,
                        "manifests",
                        children.stream().map(Written::descriptor).toList()));
    }

    void tag(String tag, Written manifest) throws IOException {
        Path folder = repository.resolve("_manifests/tags").resolve(tag);
        link(folder.resolve("current"), manifest.digest());
        link(folder.resolve("index/sha256").resolve(hex(manifest.digest())), manifest.digest());
    }

    private Written manifest(String mediaType, Map<String, Object> content) throws IOException {
        byte[] bytes = Json.write(content);
        Digest digest = blob(bytes);
        link(repository.resolve("_manifests/revisions/sha256").resolve(hex(digest)), digest);
        return new Written(digest, mediaType, bytes.length);
    }

    private Digest blob(byte[] content) throws IOException {
        Digest digest = Digest.of(content);
        Path folder = blobs.resolve(hex(digest).substring(0, 2)).resolve(hex(digest));
        Files.createDirectories(folder);
        Files.write(folder.resolve("data"), content);
        return digest;
    }

    private static void link(Path folder, Digest to) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("link"), to.value().getBytes(StandardCharsets.US_ASCII));
    }

    private static String hex(Digest digest) {
        return digest.value().substring("sha256:".length());
    }
}
