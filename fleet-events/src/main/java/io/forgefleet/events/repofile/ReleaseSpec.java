package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a tag of the repository is released as.
 *
 * @param tags names of the tags that are releases; at least one pattern
 * @param platforms of every image, in place of those that the image itself names; empty for these
 * @param registries names of registries of the server that get the images; empty for all that the server gives them
 * @param failOn the lowest severity that blocks; null for the server's own, which no repository can raise
 * @param waivers path of the file of waivers
 * @param key name of the server's key that signs; null for the first that the server allows
 */
public record ReleaseSpec(
        List<Glob> tags,
        List<String> platforms,
        List<String> registries,
        List<Artifact> artifacts,
        @Nullable FailOn failOn,
        String waivers,
        @Nullable String key) {

    /** Where waivers lie unless the file says otherwise. */
    public static final String WAIVERS = ".forgefleet/waivers.yml";

    /** Severities, the lowest first. */
    public enum FailOn {
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL
    }

    /**
     * Files that a command makes of the tagged commit.
     *
     * @param image what the command runs in: the name of a CI image of the same file, or a reference with a digest
     * @param command for the image's {@code /bin/sh -c}, run in the root of the repository
     * @param paths patterns of the files that it leaves, from the root of the repository; at least one, and none with a
     *     wildcard in a folder: {@code dist/*.whl}
     * @param environment of the command, to be read by everybody; no secrets
     * @param network whether the command has any
     * @param timeout of the command; null for the fleet's own
     */
    public record Artifact(
            String image,
            String command,
            List<Glob> paths,
            Map<String, String> environment,
            boolean network,
            @Nullable Duration timeout) {

        public Artifact {
            paths = List.copyOf(paths);
            environment = Map.copyOf(environment);
        }

        /** The folders that its files lie right in, from the root of the repository; empty for the root itself. */
        public Set<String> folders() {
            return paths.stream().map(path -> folder(path.toString())).collect(Collectors.toCollection(TreeSet::new));
        }

        /**
         * Whether a file is one of its own.
         *
         * @param path from the root of the repository
         */
        public boolean takes(String path) {
            return paths.stream().anyMatch(glob -> glob.matches(path));
        }

        static String folder(String path) {
            return path.substring(0, Math.max(0, path.lastIndexOf('/')));
        }
    }

    public ReleaseSpec {
        tags = List.copyOf(tags);
        platforms = List.copyOf(platforms);
        registries = List.copyOf(registries);
        artifacts = List.copyOf(artifacts);
    }

    /**
     * Whether a tag is a release.
     *
     * @param tag its short name
     */
    public boolean matches(String tag) {
        return tags.stream().anyMatch(glob -> glob.matches(tag));
    }
}
