package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.image.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest or index in brief: what it needs, and what tells whose it is. Small, since a plan keeps one for each.
 *
 * @param size of the manifest itself, in bytes
 * @param children manifests that an index names
 * @param subject what it is about
 * @param blobs configuration and layers with their sizes, in bytes
 */
public record StoredManifest(
        Digest digest,
        String mediaType,
        String artifactType,
        long size,
        List<Digest> children,
        Optional<Digest> subject,
        Map<Digest, Long> blobs,
        Map<String, String> annotations) {

    public StoredManifest {
        children = List.copyOf(children);
        blobs = Map.copyOf(blobs);
        annotations = Map.copyOf(annotations);
    }

    public static StoredManifest of(Manifest manifest) {
        return new StoredManifest(
                manifest.digest(),
                manifest.mediaType(),
                manifest.artifactType(),
                manifest.size(),
                manifest.children(),
                manifest.subject(),
                manifest.blobSizes(),
                manifest.annotations());
    }
}
