package io.forgefleet.work.image;

import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a commit declares: its repository file, else the one image of its Dockerfile. */
public final class DeclaredImages {

    /** Paths of the files that decide. */
    public static final List<String> PATHS = List.of(RepositoryFile.PATH, dockerfile());

    private DeclaredImages() {}

    /**
     * Reads it.
     *
     * @param files content by path, of {@link #PATHS} those that the commit has
     * @return without images where there is nothing to build
     */
    public static RepositoryFile of(Map<String, byte[]> files) throws RepositoryFileException {
        byte[] text = files.get(RepositoryFile.PATH);
        RepositoryFile file = text == null
                ? RepositoryFile.ofDockerfile()
                : RepositoryFileParser.parse(new String(text, StandardCharsets.UTF_8));
        boolean byDefault = file.images().equals(RepositoryFile.ofDockerfile().images());
        // a file that speaks of other things only declares no image by that
        return byDefault && !files.containsKey(dockerfile()) ? file.withoutImages() : file;
    }

    private static String dockerfile() {
        return RepositoryFile.ofDockerfile().images().getFirst().dockerfile();
    }
}
