package io.forgefleet.clients.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One image to build into the engine's store.
 *
 * @param context folder that {@code COPY} reads from
 * @param dockerfile file in or below the context, symbolic links resolved by the caller
 * @param image registry, repository and tag: {@code registry.example/team/app:main-1234567}
 * @param annotations of the manifest, and of the index where there are several platforms
 * @param labels of the image's configuration
 * @param sourceDate {@code SOURCE_DATE_EPOCH}: the commit's time
 * @param buildArgs further build arguments; no secrets, they stay in the image
 * @param buildContexts in place of images that the Dockerfile names: {@code docker-image://…}
 * @param secrets values of BuildKit secret mounts by id; handed over in the environment
 * @param cacheFrom references of caches to read, in order; one that is missing is a warning
 * @param cacheTo references of caches to write; one that cannot be written is a warning
 * @param noCache whether every step is run, whatever caches hold
 * @param platforms none for the engine's own
 * @param target stage to build, null for the last
 * @param credentials whether the build may use this worker's registry credentials; never for a stranger's code
 * @param timeout after which the build is ended
 */
public record BuildRequest(
        Path context,
        Path dockerfile,
        String image,
        Map<String, String> annotations,
        Map<String, String> labels,
        Instant sourceDate,
        Map<String, String> buildArgs,
        Map<String, String> buildContexts,
        Map<String, String> secrets,
        List<String> cacheFrom,
        List<String> cacheTo,
        boolean noCache,
        List<String> platforms,
        @Nullable String target,
        boolean credentials,
        Duration timeout) {

    public BuildRequest {
        annotations = Map.copyOf(annotations);
        labels = Map.copyOf(labels);
        buildArgs = Map.copyOf(buildArgs);
        buildContexts = Map.copyOf(buildContexts);
        secrets = Map.copyOf(secrets);
        cacheFrom = List.copyOf(cacheFrom);
        cacheTo = List.copyOf(cacheTo);
        platforms = List.copyOf(platforms);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "BuildRequest[" + image + " from " + dockerfile + "]";
    }
}
