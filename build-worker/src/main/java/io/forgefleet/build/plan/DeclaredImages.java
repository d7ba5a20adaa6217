package io.forgefleet.build.plan;

import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The images that a commit asks for: those of its repository file, else the one of its Dockerfile. */
public final class DeclaredImages {

    /** Paths of the files that decide. */
    public static final List<String> PATHS = List.of(RepositoryFile.PATH, dockerfile());

    private DeclaredImages() {}

    /**
     * Reads them.
     *
     * @param files content by path, of {@link #PATHS} those that the commit has
     * @return none where there is nothing to build
     */
    public static List<ImageSpec> of(Map<String, byte[]> files) throws RepositoryFileException {
        byte[] file = files.get(RepositoryFile.PATH);
        List<ImageSpec> byDefault = RepositoryFile.ofDockerfile().images();
        List<ImageSpec> images = file == null
                ? byDefault
                : RepositoryFileParser.parse(new String(file, StandardCharsets.UTF_8))
                        .images();
        // a file that speaks of other things only declares no image by that
        return images.equals(byDefault) && !files.containsKey(dockerfile()) ? List.of() : images;
    }

    private static String dockerfile() {
        return RepositoryFile.ofDockerfile().images().getFirst().dockerfile();
    }
}
