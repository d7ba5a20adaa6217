package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of any size that is an artifact by itself (OCI image specification, "guidelines for artifact usage"), which whatever
 * speaks OCI can pull.
 *
 * @param type of the artifact
 * @param configType media type of what is known about the file
 * @param config what is known, as JSON
 * @param file its media type, digest and size; its annotation {@code org.opencontainers.image.title} names it
 */
public record FileArtifact(
        String type, String configType, String config, Manifest.Descriptor file, Map<String, String> annotations) {

    public static final String TITLE = "org.opencontainers.image.title";

    public FileArtifact {
        annotations = Map.copyOf(annotations);
    }

    /** Asks whether it may become public; what it throws keeps it from that. */
    @FunctionalInterface
    public interface Permit<E extends Exception> {
        void ask() throws E, InterruptedException;
    }

    /**
     * Uploads the file and what is known of it, and then, with the permit, gives it its tag: nobody sees it before it is whole.
     *
     * @param scratch a folder for a moment
     * @return digest of the manifest
     */
    public <E extends Exception> Digest push(
            Registry to, String repository, String tag, Path content, Path scratch, Permit<E> permit)
            throws IOException, ClientException, InterruptedException, E {
        to.blobs().upload(repository, file.digest(), content);
        byte[] known = config.getBytes(StandardCharsets.UTF_8);
        Digest configDigest = Digest.of(known);
        Path configFile = Files.createTempFile(Files.createDirectories(scratch), "config", ".json");
        try {
            Files.write(configFile, known);
            to.blobs().upload(repository, configDigest, configFile);
        } finally {
            Files.deleteIfExists(configFile);
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", Manifest.OCI_MANIFEST);
        manifest.put("artifactType", type);
        manifest.put("config", descriptor(configType, configDigest, known.length, Map.of()));
        manifest.put("layers", List.of(descriptor(file.mediaType(), file.digest(), file.size(), file.annotations())));
        manifest.put("annotations", annotations);
        Manifest made = Manifest.of(Json.write(manifest), Manifest.OCI_MANIFEST);
        permit.ask();
        to.tag(repository, made, tag);
        return made.digest();
    }

    private static Map<String, Object> descriptor(
            String mediaType, Digest digest, long size, Map<String, String> annotations) {
        return Map.of("mediaType", mediaType, "digest", digest.value(), "size", size, "annotations", annotations);
    }
}
