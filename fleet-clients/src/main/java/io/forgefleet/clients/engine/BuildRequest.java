package io.forgefleet.clients.engine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Images that are built at once, so that steps which they share run once.
 *
 * @param targets at least one, with distinct names
 * @param product what becomes of them
 * @param noCache whether every step is run, whatever caches hold
 * @param credentials whether the build may use this worker's registry credentials; never for a stranger's code
 * @param timeout after which the build is ended
 */
public record BuildRequest(
        List<BuildTarget> targets, Product product, boolean noCache, boolean credentials, Duration timeout) {

    /** What a build makes. */
    public enum Product {
        /** Images in the engine's store, under their names. */
        STORED,
        /** Images in their registries, without a tag. */
        PUSHED_BY_DIGEST,
        /** No image, caches only. */
        CACHES
    }

    public BuildRequest {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to build");
        }
    }

    /** What is built, for people. */
    public String images() {
        return targets.stream().map(BuildTarget::image).collect(Collectors.joining(", "));
    }

    /** Of this build once more its caches. */
    public BuildRequest cachesOnly(List<BuildTarget> of) {
        return new BuildRequest(of, Product.CACHES, false, credentials, timeout);
    }
}
