package io.forgefleet.events.repofile;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A YAML text with the place of everything in it, and the errors found so far. Not thread-safe. */
public final class YamlPlaces {

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private final Map<String, String> places = new HashMap<>();
    private final List<String> errors = new ArrayList<>();
    private JsonNode root = MissingNode.getInstance();

    /** Reads a text; what is not YAML becomes an error. */
    public YamlPlaces(String text) {
        try (YAMLParser tokens = YAML.getFactory().createParser(text)) {
            while (tokens.nextToken() != null) {
                String path = tokens.getParsingContext().pathAsPointer().toString();
                places.putIfAbsent(path, words(tokens.currentTokenLocation()));
                if (tokens.isCurrentAlias()) {
                    error(path, "aliases (*name) are not read here; write the value itself");
                }
            }
            root = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            errors.add((at == null ? "" : words(at) + ": ") + "not YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory could not be read", e);
        }
    }

    /** What was read; missing where that is nothing, or no YAML. */
    public JsonNode root() {
        return root;
    }

    /** Each with its line and column. */
    public List<String> errors() {
        return errors;
    }

    /** Line and column of what the JSON pointer names, or of what would hold it. */
    public String place(String path) {
        String at = path;
        while (!places.containsKey(at) && !at.isEmpty()) {
            at = at.substring(0, at.lastIndexOf('/'));
        }
        return places.getOrDefault(at, "line 1, column 1");
    }

    /** Adds an error about what the JSON pointer names. */
    public void error(String path, String message) {
        errors.add(place(path) + ": " + message);
    }

    private static String words(JsonLocation at) {
        return "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
