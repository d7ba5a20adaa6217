package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A database that a command of the repository fills once per content of some files.
 *
 * @param name as a path segment of an OCI repository
 * @param version of the server; empty for SQLite, whose files know none
 * @param key files whose content names the database; at least one
 * @param image what the command runs in: the name of a CI image of the same file, or a reference with a tag or a digest
 * @param command for the image's {@code /bin/sh -c}, run in the root of the repository
 * @param extensions of the server that the command needs
 * @param environment of the command, to be read by everybody; no secrets
 * @param network whether the command has any
 * @param timeout of the command; null for the fleet's own
 */
public record TemplateSpec(
        String name,
        Engine engine,
        String version,
        List<Glob> key,
        String image,
        String command,
        List<String> extensions,
        Map<String, String> environment,
        boolean network,
        @Nullable Duration timeout) {

    /** What the database is of. */
    public enum Engine {
        /** One file, at the path that the command finds in {@code TEMPLATE_PATH}. */
        SQLITE,
        /** A database of a server. */
        POSTGRESQL
    }

    public TemplateSpec {
        key = List.copyOf(key);
        extensions = List.copyOf(extensions);
        environment = Map.copyOf(environment);
    }
}
