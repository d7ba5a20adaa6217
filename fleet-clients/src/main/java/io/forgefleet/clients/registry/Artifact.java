package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file about an image, kept beside it in the registry (OCI image specification, "guidelines for artifact usage").
 *
 * @param type its media type, which is the type of the artifact too
 * @param name of the file
 * @param about the image
 */
public record Artifact(String type, String name, Manifest about) {

    private static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    /** What was pushed. */
    public record Pushed(Digest manifest, Digest file, long bytes) {}

    /**
     * Pushes the file under a tag.
     *
     * @param scratch a folder for a moment
     */
    public Pushed push(Registry to, String repository, String tag, byte[] content, Path scratch)
            throws IOException, ClientException, InterruptedException {
        Digest file = upload(to, repository, content, scratch);
        Digest config = upload(to, repository, EMPTY, scratch);
        byte[] manifest = Json.write(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                Manifest.OCI_MANIFEST,
                "artifactType",
                type,
                "config",
                descriptor(EMPTY_TYPE, config, EMPTY.length),
                "layers",
                List.of(Map.of(
                        "mediaType",
                        type,
                        "digest",
                        file.value(),
                        "size",
                        content.length,
                        "annotations",
                        Map.of("org.opencontainers.image.title", name))),
                "subject",
                descriptor(about.mediaType(), about.digest(), about.bytes().length)));
        Manifest made = Manifest.of(manifest, Manifest.OCI_MANIFEST);
        to.tag(repository, made, tag);
        return new Pushed(made.digest(), file, content.length);
    }

    private static Map<String, Object> descriptor(String mediaType, Digest digest, int size) {
        return Map.of("mediaType", mediaType, "digest", digest.value(), "size", size);
    }

    private static Digest upload(Registry to, String repository, byte[] content, Path scratch)
            throws IOException, ClientException, InterruptedException {
        Digest digest = Digest.of(content);
        Path file = Files.createTempFile(Files.createDirectories(scratch), "artifact", "");
        try {
            Files.write(file, content);
            to.blobs().upload(repository, digest, file);
        } finally {
            Files.deleteIfExists(file);
        }
        return digest;
    }
}
