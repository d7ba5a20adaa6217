package io.forgefleet.events.repofile;

import java.util.List;

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

    /** What a repository without the file but with a {@code Dockerfile} declares: that one image. */
    public static RepositoryFile ofDockerfile() {
        return new RepositoryFile(List.of(new ImageSpec("image", "Dockerfile", ".", List.of(), List.of())));
    }
}
