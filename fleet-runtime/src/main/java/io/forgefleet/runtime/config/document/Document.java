package io.forgefleet.runtime.config.document;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A YAML text, the environment over it, and the errors found so far. Not thread-safe. */
public final class Document {

    private static final int MOST_CHARACTERS = 1024 * 1024;
    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private final Map<String, String> environment;
    private final Path folder;
    private final String variablePrefix;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Set<String> askedVariables = new HashSet<>();
    private final Set<String> sections = new HashSet<>();
    private final List<String> errors = new ArrayList<>();
    private JsonNode root = MissingNode.getInstance();

    private Document(Map<String, String> environment, Path folder, String variablePrefix) {
        this.environment = environment;
        this.folder = folder;
        this.variablePrefix = variablePrefix;
    }

    /**
     * Reads a text. What is not YAML becomes an error of the document, which is empty then.
     *
     * @param folder what relative paths of {@code ${file:…}} start from
     * @param variablePrefix how the environment variables begin that go over the document, without the last underscore
     */
    public static Document of(String yaml, Map<String, String> environment, Path folder, String variablePrefix) {
        Document document = new Document(Map.copyOf(environment), folder, variablePrefix);
        document.parse(yaml);
        return document;
    }

    /** Reads the whole document; what the reader does not ask for is unknown and becomes an error. */
    public <T> T read(Function<Section, T> reader) {
        Section section = new Section(this, "", variablePrefix, root);
        T value = reader.apply(section);
        section.refuseUnknown();
        sections.addAll(section.askedVariables());
        return value;
    }

    /** What is wrong, each with its place and what was expected. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** Environment variables that begin as this document's sections do, and that nobody asked for: likely misspelt. */
    public List<String> unusedVariables() {
        return environment.keySet().stream()
                .filter(name -> sections.stream().anyMatch(section -> name.startsWith(section + "_")))
                .filter(name -> environmentValue(name) != null && !askedVariables.contains(name))
                .sorted()
                .toList();
    }

    private void parse(String yaml) {
        if (yaml.length() > MOST_CHARACTERS) {
            errors.add("/: at most " + MOST_CHARACTERS + " characters were expected");
            return;
        }
        try (YAMLParser tokens = YAML.getFactory().createParser(yaml)) {
            while (tokens.nextToken() != null) {
                String path = tokens.getParsingContext().pathAsPointer().toString();
                lines.putIfAbsent(path, tokens.currentTokenLocation().getLineNr());
                if (tokens.isCurrentAlias()) {
                    error(path, null, "aliases (*name) are not read here; write the value itself");
                }
            }
            root = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            errors.add("/: not YAML: " + firstLine(e.getOriginalMessage())
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory could not be read", e);
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** Value of a variable; null when it is not set or blank. */
    @Nullable
    String variable(String name) {
        askedVariables.add(name);
        return environmentValue(name);
    }

    /** The same for a variable that the document names itself. */
    @Nullable
    String environmentValue(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value;
    }

    boolean hasVariablesBeginning(String beginning) {
        return environment.keySet().stream()
                .anyMatch(name -> name.startsWith(beginning) && environmentValue(name) != null);
    }

    JsonNode nothing() {
        return MissingNode.getInstance();
    }

    Path folder() {
        return folder;
    }

    void error(String path, @Nullable String variable, String message) {
        String place = variable == null ? line(path) : " (" + variable + ")";
        errors.add((path.isEmpty() ? "/" : path) + ": " + message + place);
    }

    /** Line of the place itself, or of the nearest one around it that the text has. */
    private String line(String path) {
        for (JsonPointer at = JsonPointer.compile(path); at != null; at = at.head()) {
            Integer line = lines.get(at.toString());
            if (line != null && !at.toString().isEmpty()) {
                return " (line " + line + ")";
            }
        }
        return "";
    }
}
