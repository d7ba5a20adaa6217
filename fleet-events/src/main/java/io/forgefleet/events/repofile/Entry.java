package io.forgefleet.events.repofile;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.Glob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A mapping of the file that is being read, and where it stands; tells what is wrong and goes on. */
final class Entry {

    private static final int MOST = 50;
    private static final Pattern DURATION = Pattern.compile("[1-9][0-9]{0,4}[smhd]");

    private final JsonNode node;
    private final String at;
    private final YamlPlaces yaml;

    Entry(JsonNode node, String at, YamlPlaces yaml) {
        this.node = node;
        this.at = at;
        this.yaml = yaml;
    }

    void error(String field, String message) {
        String pointer = field.isEmpty() ? at : at + "/" + field;
        yaml.error(pointer, pointer + ": " + message);
    }

    boolean has(String field) {
        return node.has(field);
    }

    void known(Set<String> fields) {
        node.fieldNames().forEachRemaining(field -> {
            if (!fields.contains(field)) {
                error(
                        field,
                        "is not known here; known are "
                                + String.join(", ", fields.stream().sorted().toList()));
            }
        });
    }

    /** The mappings of a list; none where the field is absent. */
    List<Entry> entries(String field, int most, String things) {
        JsonNode list = node.path(field);
        if (list.isMissingNode()) {
            return List.of();
        }
        if (!list.isArray() || list.isEmpty() || list.size() > most) {
            error(field, "a list of 1 to " + most + " " + things + " was expected");
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Entry entry = new Entry(list.get(i), at + "/" + field + "/" + i, yaml);
            if (list.get(i).isObject()) {
                entries.add(entry);
            } else {
                entry.error("", "a mapping was expected");
            }
        }
        return entries;
    }

    /** The mapping of a field; empty where it is absent, or in error. */
    Optional<Entry> mapping(String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        Entry entry = new Entry(value, at + "/" + field, yaml);
        if (!value.isObject()) {
            entry.error("", "a mapping was expected");
            return Optional.empty();
        }
        return Optional.of(entry);
    }

    /** @param otherwise what holds where the field is absent; null when it must not be */
    String text(String field, @Nullable String otherwise) {
        JsonNode value = node.get(field);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value == null || !value.isTextual()) {
            error(field, "a text was expected");
            return "";
        }
        return value.asText();
    }

    /** A text, or a whole number as one. */
    String word(String field) {
        JsonNode value = node.get(field);
        return value != null && value.isInt() ? value.asText() : text(field, null);
    }

    boolean flag(String field, boolean otherwise) {
        JsonNode value = node.get(field);
        if (value != null && !value.isBoolean()) {
            error(field, "true or false was expected");
        }
        return value == null ? otherwise : value.asBoolean(otherwise);
    }

    /** A duration such as {@code 90s}, {@code 10m}, {@code 1h} or {@code 7d}; empty where the field is absent or in error. */
    Optional<Duration> duration(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        String text = text(field, null);
        if (!DURATION.matcher(text).matches()) {
            error(field, "a duration such as 90s, 10m, 1h or 7d was expected");
            return Optional.empty();
        }
        return Optional.of(Duration.parse((text.endsWith("d") ? "P" : "PT") + text));
    }

    /** A path that does not lead out of the repository. */
    String path(String field, String otherwise) {
        String path = text(field, otherwise);
        boolean leadsOut = path.startsWith("/") || Stream.of(path.split("/")).anyMatch(".."::equals);
        if (leadsOut || path.isBlank() || path.chars().anyMatch(c -> c < ' ')) {
            error(field, "a path within the repository was expected");
        }
        return path;
    }

    /** Different texts of a form; none where the field is absent. */
    List<String> texts(String field, Pattern form, String expected, boolean mayBeEmpty) {
        JsonNode list = node.path(field);
        if (list.isMissingNode()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.isTextual() ? each.asText() : ""));
        Predicate<String> fits = form.asMatchPredicate();
        if (!list.isArray()
                || (texts.isEmpty() && !mayBeEmpty)
                || texts.size() > MOST
                || !texts.stream().allMatch(fits)
                || Set.copyOf(texts).size() != texts.size()) {
            error(field, expected);
            return List.of();
        }
        return texts;
    }

    /** Patterns of paths; {@code otherwise} where the field is absent. */
    List<Glob> globs(String field, List<Glob> otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        Pattern relative = Pattern.compile("(?!/)(?!(.*/)?\\.\\.(/|$))[^\\x00-\\x1f]{1,255}");
        List<String> texts = texts(
                field,
                relative,
                "a list of patterns such as src/** was expected, of paths within the repository",
                true);
        List<Glob> globs = new ArrayList<>();
        for (String text : texts) {
            try {
                globs.add(Glob.of(text));
            } catch (IllegalArgumentException e) {
                error(field, "'" + text + "': " + e.getMessage());
            }
        }
        return globs;
    }

    /** Texts, numbers and truth values by name; none where the field is absent. */
    Map<String, String> map(String field) {
        JsonNode map = node.path(field);
        if (map.isMissingNode()) {
            return Map.of();
        }
        Map<String, String> values = new TreeMap<>();
        map.properties().forEach(value -> {
            if (value.getValue().isValueNode() && !value.getValue().isNull()) {
                values.put(value.getKey(), value.getValue().asText());
            } else {
                error(field + "/" + value.getKey(), "a text was expected");
            }
        });
        if (!map.isObject() || values.size() > MOST) {
            error(field, "a mapping of at most " + MOST + " names to texts was expected");
        }
        return values;
    }
}
