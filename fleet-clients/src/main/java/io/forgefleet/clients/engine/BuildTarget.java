package io.forgefleet.clients.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One image of a build.
 *
 * @param name unique within the build: letters, digits, dashes, underscores
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
 * @param platforms none for the engine's own
 * @param stage to build, null for the last
 */
public record BuildTarget(
        String name,
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
        List<String> platforms,
        @Nullable String stage) {

    public BuildTarget {
        if (!name.matches("[a-zA-Z0-9_-]+")) {
            throw new IllegalArgumentException("a target's name is letters, digits, dashes, underscores: " + name);
        }
        annotations = Map.copyOf(annotations);
        labels = Map.copyOf(labels);
        buildArgs = Map.copyOf(buildArgs);
        buildContexts = Map.copyOf(buildContexts);
        secrets = Map.copyOf(secrets);
        cacheFrom = List.copyOf(cacheFrom);
        cacheTo = List.copyOf(cacheTo);
        platforms = List.copyOf(platforms);
    }

    /** The same that writes other caches. */
    public BuildTarget withCacheTo(List<String> references) {
        return new BuildTarget(
                name,
                context,
                dockerfile,
                image,
                annotations,
                labels,
                sourceDate,
                buildArgs,
                buildContexts,
                secrets,
                cacheFrom,
                references,
                platforms,
                stage);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "BuildTarget[" + name + ", " + image + " from " + dockerfile + "]";
    }
}
