package io.forgefleet.work.gate.waiver;

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
final class YamlPlaces {

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private final Map<String, String> places = new HashMap<>();
    private final List<String> errors = new ArrayList<>();
    private JsonNode root = MissingNode.getInstance();

    /** Reads a text; what is not YAML becomes an error. */
    YamlPlaces(String text) {
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

    JsonNode root() {
        return root;
    }

    List<String> errors() {
        return errors;
    }

    /** Line and column of what the JSON pointer names. */
    String place(String path) {
        return places.getOrDefault(path, "line 1, column 1");
    }

    void error(String path, String message) {
        errors.add(place(path) + ": " + message);
    }

    private static String words(JsonLocation at) {
        return "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
