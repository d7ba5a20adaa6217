package io.forgefleet.events.repofile;

import java.util.List;
import java.util.Set;

/** Reads {@code .forgefleet.yml} and finds all of its errors at once. */
public final class RepositoryFileParser {

    /** Larger files are refused unread. */
    public static final int MOST_BYTES = 256 * 1024;

    /** Sections that the file may have, those included that other worker kinds read. */
    private static final Set<String> SECTIONS =
            Set.of("images", "cacheKey", "ciImages", "templateDatabases", "release", "retention");

    private RepositoryFileParser() {}

    /**
     * Parses the file.
     *
     * @param text YAML, at most {@link #MOST_BYTES}
     * @throws RepositoryFileException when anything in it is wrong, with the place of each error
     */
    public static RepositoryFile parse(String text) throws RepositoryFileException {
        if (text.length() > MOST_BYTES) {
            throw new RepositoryFileException(List.of("larger than " + MOST_BYTES + " bytes"));
        }
        YamlPlaces yaml = new YamlPlaces(text);
        if (yaml.errors().isEmpty() && !yaml.root().isObject()) {
            yaml.error("", "/: a mapping was expected");
        }
        require(yaml);
        Entry entry = new Entry(yaml.root(), "", yaml);
        entry.known(SECTIONS);
        ImageEntries reader = new ImageEntries();
        List<ImageSpec> images = entry.has("images")
                ? reader.images(entry)
                : RepositoryFile.ofDockerfile().images();
        List<CiImageSpec> ciImages = reader.ciImages(entry);
        RepositoryFile file = new RepositoryFile(
                images,
                entry.globs("cacheKey", RepositoryFile.CACHE_KEY),
                ciImages,
                TemplateEntries.read(entry, ciImages),
                ReleaseEntries.read(entry, ciImages).orElse(null),
                RetentionEntry.read(entry));
        require(yaml);
        return file;
    }

    private static void require(YamlPlaces yaml) throws RepositoryFileException {
        if (!yaml.errors().isEmpty()) {
            throw new RepositoryFileException(yaml.errors());
        }
    }
}
