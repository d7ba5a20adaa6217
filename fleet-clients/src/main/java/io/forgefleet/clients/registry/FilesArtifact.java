package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several files that are one artifact (OCI image specification, "guidelines for artifact usage"), so that none of them is
 * collected while it has a tag.
 *
 * @param type of the artifact
 * @param files in its order, each uploaded before
 */
public record FilesArtifact(String type, List<Manifest.Descriptor> files) {

    private static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    public FilesArtifact {
        files = List.copyOf(files);
    }

    /**
     * Uploads a file, unless it is there.
     *
     * @param name as people get it
     */
    public static Manifest.Descriptor upload(Registry to, String repository, Path file, String name, String mediaType)
            throws IOException, ClientException, InterruptedException {
        MessageDigest hash = Digest.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
            }
        }
        Digest digest = Digest.of(hash);
        to.blobs().upload(repository, digest, file);
        return new Manifest.Descriptor(mediaType, digest, Files.size(file), Map.of(FileArtifact.TITLE, name));
    }

    /**
     * Makes them an artifact.
     *
     * @param tag which moves to it; empty for none
     * @param scratch a folder for a moment
     * @return its digest
     */
    public Digest push(Registry to, String repository, String tag, Path scratch)
            throws IOException, ClientException, InterruptedException {
        Digest empty = Digest.of(EMPTY);
        Path config = Files.createTempFile(Files.createDirectories(scratch), "config", ".json");
        try {
            Files.write(config, EMPTY);
            to.blobs().upload(repository, empty, config);
        } finally {
            Files.deleteIfExists(config);
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", Manifest.OCI_MANIFEST);
        manifest.put("artifactType", type);
        manifest.put("config", descriptor(EMPTY_TYPE, empty, EMPTY.length, Map.of()));
        manifest.put(
                "layers",
                files.stream()
                        .map(file -> descriptor(file.mediaType(), file.digest(), file.size(), file.annotations()))
                        .toList());
        Manifest made = Manifest.of(Json.write(manifest), Manifest.OCI_MANIFEST);
        if (tag.isEmpty()) {
            to.put(repository, made);
        } else {
            to.tag(repository, made, tag);
        }
        return made.digest();
    }

    private static Map<String, Object> descriptor(
            String mediaType, Digest digest, long size, Map<String, String> annotations) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digest.value());
        descriptor.put("size", size);
        descriptor.put("annotations", annotations);
        return descriptor;
    }
}
