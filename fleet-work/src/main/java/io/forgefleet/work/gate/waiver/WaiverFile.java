package io.forgefleet.work.gate.waiver;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.repofile.YamlPlaces;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a repository's waivers and finds all errors of the file at once:
 *
 * <pre>
 * waivers:
 *   - advisory: CVE-2019-10906        # any id of it
 *     package: jinja2                 # or a package URL, with or without version
 *     reason: templates are our own, none comes from a user
 *     who: ada                        # may be left out
 *     expires: 2027-01-31             # its last day, in UTC
 * </pre>
 */
public final class WaiverFile {

    /** Where it lies in a repository unless the repository says otherwise. */
    public static final String PATH = ".forgefleet/waivers.yml";

    /** Larger files are refused unread. */
    public static final int MOST_CHARACTERS = 256 * 1024;

    private static final int MOST_TEXT = 1000;
    private static final Set<String> FIELDS = new TreeSet<>(Set.of("advisory", "package", "reason", "who", "expires"));

    private final String file;
    private final YamlPlaces yaml;

    private WaiverFile(String file, YamlPlaces yaml) {
        this.file = file;
        this.yaml = yaml;
    }

    /**
     * Parses a waiver file.
     *
     * @param file its name, for messages
     * @throws WaiverException with every error, each with line and column
     */
    public static List<Waiver> parse(String file, String text) throws WaiverException {
        if (text.length() > MOST_CHARACTERS) {
            throw new WaiverException(file, List.of("it is larger than " + MOST_CHARACTERS + " characters"));
        }
        YamlPlaces yaml = new YamlPlaces(text);
        List<Waiver> waivers = new WaiverFile(file, yaml).read();
        if (!yaml.errors().isEmpty()) {
            throw new WaiverException(file, yaml.errors());
        }
        return waivers;
    }

    private List<Waiver> read() {
        if (!yaml.errors().isEmpty()
                || yaml.root().isMissingNode()
                || yaml.root().isNull()) {
            return List.of(); // an empty file waives nothing
        }
        JsonNode list = yaml.root().path("waivers");
        boolean nothing = list.isNull() || (list.isTextual() && list.asText().isEmpty());
        if (!yaml.root().isObject() || !(list.isArray() || nothing)) {
            yaml.error("", "a mapping with the list 'waivers' was expected");
            return List.of();
        }
        refuseUnknown("", yaml.root(), Set.of("waivers"));
        List<Waiver> waivers = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            waivers.add(waiver("/waivers/" + i, list.get(i)));
        }
        return waivers;
    }

    private Waiver waiver(String at, JsonNode node) {
        if (!node.isObject()) {
            yaml.error(at, "a mapping with " + String.join(", ", FIELDS) + " was expected");
        } else {
            refuseUnknown(at, node, FIELDS);
        }
        return new Waiver(
                Set.of(required(at, node, "advisory", "the id of an advisory, such as CVE-2019-10906,")),
                packageName(at, node),
                null,
                required(at, node, "reason", "a reason"),
                text(at, node, "who"),
                expires(at, node),
                file + " " + yaml.place(at).replaceFirst(",.*", ""));
    }

    private String packageName(String at, JsonNode node) {
        String name = required(at, node, "package", "the name of a package, or its package URL,");
        if (name.contains("*")) {
            yaml.error(at + "/package", "'" + name + "' is no package; waivers are for one package each");
        }
        return name;
    }

    private LocalDate expires(String at, JsonNode node) {
        String date = required(at, node, "expires", "the last day of the waiver, such as 2027-01-31,");
        try {
            return date.isEmpty() ? LocalDate.MIN : LocalDate.parse(date);
        } catch (DateTimeParseException e) {
            yaml.error(at + "/expires", "'" + date + "' is no day; one like 2027-01-31 was expected");
            return LocalDate.MIN;
        }
    }

    private String required(String at, JsonNode node, String field, String expected) {
        String value = text(at, node, field);
        if (value != null) {
            return value;
        }
        if (node.isObject() && (!node.has(field) || node.path(field).isNull() || isText(node.path(field)))) {
            yaml.error(node.has(field) ? at + "/" + field : at, expected + " was expected as '" + field + "'");
        }
        return "";
    }

    /** Null when it is absent, blank or no text; the last is noted as an error. */
    private @Nullable String text(String at, JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!isText(value) || value.asText().length() > MOST_TEXT) {
            yaml.error(
                    at + "/" + field, "a text of at most " + MOST_TEXT + " characters was expected as '" + field + "'");
            return null;
        }
        return value.asText().isBlank() ? null : value.asText().strip();
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual() && value.asText().length() <= MOST_TEXT;
    }

    private void refuseUnknown(String at, JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                yaml.error(
                        at + "/" + field.replace("~", "~0").replace("/", "~1"),
                        "'" + field + "' is not known here; known are " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }
}
