package io.forgefleet.runtime.config.document;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a document, read key by key. Every reader returns something usable even where it notes an error, so that
 * all errors are found in one pass; whoever reads the document looks at its errors at the end.
 *
 * <p>The environment variable over a value is called as the path to it: {@code FLEET_FORGES_0_WEBHOOK_SECRETS_1} stands over
 * {@code forges[0].webhookSecrets[1]}. One that is blank counts as not set. Elements that the text does not have are added in
 * order, and a list of texts may be given whole, separated by commas.
 */
public final class Section {

    private static final int MOST_ELEMENTS = 1000;

    private final Document document;
    private final String path;
    private final String variable;
    private final JsonNode node;
    private final Set<String> asked = new TreeSet<>();

    Section(Document document, String path, String variable, JsonNode node) {
        this.document = document;
        this.path = path;
        this.variable = variable;
        this.node = node;
        if (!isAbsent(node) && !node.isObject()) {
            document.error(path, null, "a mapping was expected, got " + Scalar.describe(node));
        }
    }

    /** Whether the text or the environment has anything here. */
    public boolean has(String key) {
        asked.add(key);
        return !isAbsent(node.path(key))
                || document.variable(variableOf(key)) != null
                || document.hasVariablesBeginning(variableOf(key) + "_");
    }

    /** A mapping; where it is absent, its reader sees an empty one. */
    public <T> T mapping(String key, Function<Section, T> reader) {
        asked.add(key);
        return read(new Section(document, pathOf(key), variableOf(key), node.path(key)), reader);
    }

    public <T> List<T> mappings(String key, Function<Section, T> reader) {
        JsonNode list = list(key);
        List<T> values = new ArrayList<>();
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            String element = variableOf(key) + "_" + i;
            if (i >= list.size() && !document.hasVariablesBeginning(element + "_")) {
                break;
            }
            values.add(read(new Section(document, pathOf(key) + "/" + i, element, list.path(i)), reader));
        }
        return values;
    }

    public String text(String key) {
        return requiredParsed(key, Scalar.TEXT, text -> text, "");
    }

    public String text(String key, String otherwise) {
        return parsed(key, Scalar.TEXT, text -> text, otherwise);
    }

    /**
     * A text that is made into something.
     *
     * @param expected what is expected, for the error
     * @param reader throws {@link IllegalArgumentException} for what it does not take
     * @param otherwise what an absent value, or one in error, becomes
     */
    public <T> T parsed(String key, String expected, Function<String, T> reader, T otherwise) {
        return optional(key, expected, reader).orElse(otherwise);
    }

    /** As {@link #parsed}; empty where it is absent or in error. */
    public <T> Optional<T> optional(String key, String expected, Function<String, T> reader) {
        Scalar value = scalar(key);
        return value == null ? Optional.empty() : value.parsed(expected, reader);
    }

    /** One of some words, as {@link Forms#parseWord} knows them; {@code on} and {@code off} without quotes too. */
    public <E extends Enum<E>> E word(String key, Class<E> words, E otherwise) {
        Scalar value = scalar(key);
        return value == null ? otherwise : value.word(words).orElse(otherwise);
    }

    /** As {@link #parsed}, but absence is an error. */
    public <T> T requiredParsed(String key, String expected, Function<String, T> reader, T inError) {
        require(key, expected);
        return parsed(key, expected, reader, inError);
    }

    /** Notes an error unless something is there. */
    public void require(String key, String expected) {
        if (!has(key)) {
            error(key, expected + " was expected, and nothing is there");
        }
    }

    public int number(String key, int otherwise, int least, int most) {
        Scalar value = scalar(key);
        return value == null ? otherwise : value.number(otherwise, least, most);
    }

    public boolean flag(String key, boolean otherwise) {
        Scalar value = scalar(key);
        return value == null ? otherwise : value.flag(otherwise);
    }

    /** A duration such as {@code 500ms}, {@code 30s}, {@code 25m}, {@code 24h} or {@code 7d}; never zero. */
    public Duration duration(String key, Duration otherwise) {
        return parsed(key, "a duration like 500ms, 30s, 25m, 24h or 7d", Scalar::duration, otherwise);
    }

    public List<String> texts(String key, List<String> otherwise) {
        return elements(key, Scalar.TEXT, text -> text, otherwise);
    }

    /** A list of texts that are each made into something; what is in error is left out. */
    public <T> List<T> elements(String key, String expected, Function<String, T> reader, List<T> otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        String whole = document.variable(variableOf(key));
        List<Scalar> scalars = whole == null ? scalars(key) : commaSeparated(key, whole);
        List<T> values = new ArrayList<>();
        for (Scalar each : scalars) {
            each.parsed(expected, reader).ifPresent(values::add);
        }
        return values;
    }

    /** Names freely chosen, each with a text. The environment can replace such a text, but not add a name. */
    public Map<String, String> map(String key) {
        return entries(key, (name, value) -> value.text());
    }

    /** A secret, by reference or from the environment; null when absent. */
    public @Nullable String secret(String key) {
        Scalar value = scalar(key);
        return value == null ? null : value.secret();
    }

    /** The reference to a secret, which is not looked up; null when absent, or in error. */
    public @Nullable SecretReference reference(String key) {
        Scalar value = scalar(key);
        return value == null ? null : value.reference();
    }

    public List<String> secrets(String key) {
        asked.add(key);
        return scalars(key).stream().map(Scalar::secret).toList();
    }

    /**
     * Names freely chosen, each with a secret.
     *
     * @param mayBePlain the names whose values are no secrets and may stand in the text as they are
     */
    public Map<String, String> secretMap(String key, Predicate<String> mayBePlain) {
        return entries(key, (name, value) -> mayBePlain.test(name) ? value.plainOrSecret() : value.secret());
    }

    /**
     * Notes an error below this mapping.
     *
     * @param below a key, or several and indexes, separated by slashes
     */
    public void error(String below, String message) {
        document.error(path + "/" + below, null, message);
    }

    private static <T> T read(Section section, Function<Section, T> reader) {
        T value = reader.apply(section);
        section.refuseUnknown();
        return value;
    }

    /** Every key that no reader asked for is unknown. */
    void refuseUnknown() {
        node.fieldNames().forEachRemaining(key -> {
            if (!asked.contains(key)) {
                document.error(pathOf(key), null, "is not known here; " + Nearest.hint(key, asked));
            }
        });
    }

    /** The variables over the keys that readers asked for. */
    List<String> askedVariables() {
        return asked.stream().map(this::variableOf).toList();
    }

    private interface EntryReader {
        String read(String name, Scalar value);
    }

    private Map<String, String> entries(String key, EntryReader reader) {
        return mapping(key, section -> {
            Map<String, String> values = new LinkedHashMap<>();
            section.node.fieldNames().forEachRemaining(name -> {
                Scalar value = section.scalar(name);
                if (value == null) {
                    document.error(section.pathOf(name), null, "a value was expected, and nothing is there");
                } else {
                    values.put(name, reader.read(name, value));
                }
            });
            return values;
        });
    }

    private @Nullable Scalar scalar(String key) {
        asked.add(key);
        return scalar(pathOf(key), variableOf(key), node.path(key));
    }

    private @Nullable Scalar scalar(String at, String name, JsonNode value) {
        String over = document.variable(name);
        if (over != null) {
            return new Scalar(document, at, name, TextNode.valueOf(over));
        }
        return isAbsent(value) ? null : new Scalar(document, at, null, value);
    }

    private List<Scalar> scalars(String key) {
        JsonNode list = list(key);
        List<Scalar> scalars = new ArrayList<>();
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            Scalar value = scalar(pathOf(key) + "/" + i, variableOf(key) + "_" + i, list.path(i));
            if (value != null) {
                scalars.add(value);
            } else if (i >= list.size()) {
                break;
            } else {
                document.error(pathOf(key) + "/" + i, null, "a value was expected, and nothing is there");
            }
        }
        return scalars;
    }

    private List<Scalar> commaSeparated(String key, String whole) {
        List<Scalar> scalars = new ArrayList<>();
        for (String each : whole.split(",", -1)) {
            scalars.add(new Scalar(document, pathOf(key), variableOf(key), TextNode.valueOf(each.strip())));
        }
        return scalars;
    }

    private JsonNode list(String key) {
        asked.add(key);
        JsonNode list = node.path(key);
        if (!isAbsent(list) && !list.isArray()) {
            error(key, "a list was expected, got " + Scalar.describe(list));
        } else if (list.size() > MOST_ELEMENTS) {
            error(key, "at most " + MOST_ELEMENTS + " elements were expected, got " + list.size());
        }
        return list.isArray() ? list : document.nothing();
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private String pathOf(String key) {
        return path + JsonPointer.empty().appendProperty(key);
    }

    private String variableOf(String key) {
        String words = key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replaceAll("[^A-Za-z0-9]", "_");
        return variable + "_" + words.toUpperCase(Locale.ROOT);
    }
}
