package io.forgefleet.events.repofile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code .forgefleet.yml} and finds all of its errors at once. */
public final class RepositoryFileParser {

    /** Larger files are refused unread. */
    public static final int MOST_BYTES = 256 * 1024;

    private static final int MOST_IMAGES = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+((\\.|_|-)[a-z0-9]+)*");
    private static final Pattern PLATFORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?");
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Sections that the file may have for worker kinds other than this one's reader. */
    private static final Set<String> SECTIONS =
            Set.of("images", "cacheKey", "ciImages", "templateDatabases", "release", "retention");

    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
    private static final int MOST_SECRETS = 50;
    private static final Set<String> IMAGE_FIELDS = Set.of("name", "dockerfile", "context", "platforms", "secrets");

    private final List<String> errors = new ArrayList<>();

    private RepositoryFileParser() {}

    /**
     * Parses the file.
     *
     * @param text YAML, at most {@link #MOST_BYTES}
     * @throws RepositoryFileException when anything in it is wrong
     */
    public static RepositoryFile parse(String text) throws RepositoryFileException {
        return new RepositoryFileParser().read(text);
    }

    private RepositoryFile read(String text) throws RepositoryFileException {
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
        unknownFields("", root, SECTIONS);
        List<ImageSpec> images = root.has("images") ? images(root.get("images")) : defaultImages();
        if (!errors.isEmpty()) {
            throw new RepositoryFileException(errors);
        }
        return new RepositoryFile(images);
    }

    private static List<ImageSpec> defaultImages() {
        return RepositoryFile.ofDockerfile().images();
    }

    private List<ImageSpec> images(JsonNode list) {
        if (!list.isArray() || list.isEmpty() || list.size() > MOST_IMAGES) {
            errors.add("/images: a list of 1 to " + MOST_IMAGES + " images was expected");
            return List.of();
        }
        List<ImageSpec> images = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String at = "/images/" + i;
            JsonNode node = list.get(i);
            if (!node.isObject()) {
                errors.add(at + ": a mapping was expected");
                continue;
            }
            unknownFields(at, node, IMAGE_FIELDS);
            String name = text(at, node, "name", list.size() == 1 ? "image" : null);
            if (!NAME.matcher(name).matches() || name.length() > 100) {
                errors.add(
                        at + "/name: lower-case letters, digits and single '.', '_', '-' between them were expected");
            } else if (!names.add(name)) {
                errors.add(at + "/name: '" + name + "' is used twice");
            }
            images.add(new ImageSpec(
                    name,
                    path(at + "/dockerfile", text(at, node, "dockerfile", "Dockerfile")),
                    path(at + "/context", text(at, node, "context", ".")),
                    platforms(at + "/platforms", node.path("platforms")),
                    secrets(at + "/secrets", node.path("secrets"))));
        }
        return images;
    }

    private List<String> platforms(String at, JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        List<String> platforms = new ArrayList<>();
        node.forEach(each -> platforms.add(each.asText()));
        if (!node.isArray()
                || node.isEmpty()
                || !platforms.stream().allMatch(p -> PLATFORM.matcher(p).matches())) {
            errors.add(at + ": a list of platforms like linux/amd64 was expected");
        }
        return platforms;
    }

    private List<String> secrets(String at, JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        List<String> secrets = new ArrayList<>();
        node.forEach(each -> secrets.add(each.asText()));
        if (!node.isArray()
                || secrets.size() > MOST_SECRETS
                || !secrets.stream().allMatch(name -> SECRET.matcher(name).matches())
                || Set.copyOf(secrets).size() != secrets.size()) {
            errors.add(at + ": a list of names of secrets was expected, each once, of letters, digits, '.', '_', '-'");
            return List.of();
        }
        return secrets;
    }

    private String path(String at, String path) {
        boolean leadsOut = path.startsWith("/") || Stream.of(path.split("/")).anyMatch(".."::equals);
        if (leadsOut || path.isBlank() || path.chars().anyMatch(c -> c < ' ')) {
            errors.add(at + ": a path within the repository was expected");
        }
        return path;
    }

    private String text(String at, JsonNode node, String field, @Nullable String otherwise) {
        JsonNode value = node.get(field);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value == null || !value.isTextual()) {
            errors.add(at + "/" + field + ": a text was expected");
            return "";
        }
        return value.asText();
    }

    private void unknownFields(String at, JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                errors.add(at + "/" + field + ": is not known here; known are " + String.join(", ", sorted(known)));
            }
        });
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
