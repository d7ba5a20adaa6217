package io.forgefleet.clients.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Images that are built at once, so that steps which they share run once.
 *
 * @param targets at least one, with distinct names
 * @param product what becomes of them
 * @param layouts folder that gets one of the target's name for each target; for {@link Product#LAYOUTS} only
 * @param noCache whether every step is run, whatever caches hold
 * @param credentials whether the build may use this worker's registry credentials; never for a stranger's code
 * @param timeout after which the build is ended
 */
public record BuildRequest(
        List<BuildTarget> targets,
        Product product,
        @Nullable Path layouts,
        boolean noCache,
        boolean credentials,
        Duration timeout) {

    /** What a build makes. */
    public enum Product {
        /** Images in their registries, without a tag. */
        PUSHED_BY_DIGEST,
        /** Images in folders of this machine, see {@link OciLayout}; no registry is told anything. */
        LAYOUTS,
        /** No image, caches only. */
        CACHES
    }

    public BuildRequest {
        targets = List.copyOf(targets);
        if (targets.isEmpty() || (layouts != null) != (product == Product.LAYOUTS)) {
            throw new IllegalArgumentException("there is nothing to build, or no place for it");
        }
    }

    /** The same, but in folders. */
    public BuildRequest into(Path folder) {
        return new BuildRequest(targets, Product.LAYOUTS, folder, noCache, credentials, timeout);
    }

    /** What is built, for people. */
    public String images() {
        return targets.stream().map(BuildTarget::image).collect(Collectors.joining(", "));
    }

    /** Of this build once more its caches. */
    public BuildRequest cachesOnly(List<BuildTarget> of) {
        return new BuildRequest(of, Product.CACHES, null, false, credentials, timeout);
    }
}
