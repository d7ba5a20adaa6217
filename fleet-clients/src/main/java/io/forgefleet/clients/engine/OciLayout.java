package io.forgefleet.clients.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An image as a folder (OCI image specification, "image layout").
 *
 * @param folder with {@code index.json} and {@code blobs}
 * @param digest of the manifest, or of the index for several platforms
 */
public record OciLayout(Path folder, Digest digest) {

    /** The one image of a folder. */
    public static OciLayout of(Path folder) throws IOException {
        JsonNode manifests = Json.mapper()
                .readTree(Files.readAllBytes(folder.resolve("index.json")))
                .path("manifests");
        if (manifests.size() != 1) {
            throw new IOException(folder + " holds " + manifests.size() + " images in place of one");
        }
        return new OciLayout(folder, new Digest(manifests.get(0).path("digest").asText("")));
    }

    /** Where the bytes of a digest are, if they are. */
    public Path blob(Digest of) {
        return folder.resolve("blobs").resolve("sha256").resolve(of.value().substring("sha256:".length()));
    }
}
