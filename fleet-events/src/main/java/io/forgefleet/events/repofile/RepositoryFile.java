package io.forgefleet.events.repofile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * What {@code .forgefleet.yml} declares.
 *
 * @param images at least one, with distinct names
 */
public record RepositoryFile(List<ImageSpec> images) {

    /** Where it lies in a repository. */
    public static final String PATH = ".forgefleet.yml";

    public RepositoryFile {
        images = List.copyOf(images);
    }

    /** The file's JSON Schema, for editors: it refuses what the parser refuses, but for names that are used twice. */
    public static String schema() {
        try (InputStream in = Objects.requireNonNull(RepositoryFile.class.getResourceAsStream("schema.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a resource of this program could not be read", e);
        }
    }

    /** What a repository without the file but with a {@code Dockerfile} declares: that one image. */
    public static RepositoryFile ofDockerfile() {
        return new RepositoryFile(List.of(new ImageSpec("image", "Dockerfile", ".", List.of(), List.of())));
    }
}
