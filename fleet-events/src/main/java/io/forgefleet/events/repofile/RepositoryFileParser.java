package io.forgefleet.events.repofile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code .forgefleet.yml} and finds all of its errors at once. */
public final class RepositoryFileParser {

    /** Larger files are refused unread. */
    public static final int MOST_BYTES = 256 * 1024;

    private static final YAMLMapper YAML = new YAMLMapper();

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
        JsonNode root = tree(text);
        List<Entry.Mistake> errors = new ArrayList<>();
        Entry entry = new Entry(root, "", errors);
        entry.known(SECTIONS);
        ImageEntries reader = new ImageEntries();
        RepositoryFile file = new RepositoryFile(
                entry.has("images")
                        ? reader.images(entry)
                        : RepositoryFile.ofDockerfile().images(),
                entry.globs("cacheKey", RepositoryFile.CACHE_KEY),
                reader.ciImages(entry));
        if (!errors.isEmpty()) {
            YamlPlaces places = YamlPlaces.of(text);
            throw new RepositoryFileException(
                    errors.stream().map(error -> located(error, places)).toList());
        }
        return file;
    }

    private static JsonNode tree(String text) throws RepositoryFileException {
        if (text.length() > MOST_BYTES) {
            throw new RepositoryFileException(List.of("larger than " + MOST_BYTES + " bytes"));
        }
        JsonNode root;
        try {
            root = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            throw new RepositoryFileException(List.of(where + "not YAML: " + e.getOriginalMessage()));
        }
        if (root == null || !root.isObject()) {
            throw new RepositoryFileException(List.of("/: a mapping was expected"));
        }
        return root;
    }

    private static String located(Entry.Mistake error, YamlPlaces places) {
        String at = places.of(List.of(error.pointer().substring(1).split("/")));
        return (at.isEmpty() ? "" : at + ": ") + error.pointer() + ": " + error.message();
    }
}
