package io.forgefleet.clients.engine;

import java.util.List;
import java.util.Map;

/**
 * An image in the engine's store.
 *
 * @param id in containerd's store the digest of its manifest or index, as it will be in a registry; else of its
 *     configuration
 * @param names with tags, as the engine knows them
 * @param bytes as the engine counts them
 */
public record EngineImage(String id, List<String> names, Map<String, String> labels, long bytes) {

    public EngineImage {
        names = List.copyOf(names);
        labels = Map.copyOf(labels);
    }
}
