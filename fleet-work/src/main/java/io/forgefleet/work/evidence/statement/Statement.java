package io.forgefleet.work.evidence.statement;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * An in-toto statement (version 0.1 or 1): something is said about each of its subjects.
 *
 * @param predicateType a URI
 * @param predicate what it says of them
 */
public record Statement(Set<Digest> subjects, String predicateType, Predicate predicate) {

    /** Media type of a statement in an envelope. */
    public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    private static final String TYPE = "https://in-toto.io/Statement/v";

    public Statement {
        subjects = Set.copyOf(subjects);
    }

    /**
     * Reads one.
     *
     * @throws IOException saying what is wrong with it
     */
    public static Statement read(byte[] json) throws IOException {
        JsonNode subject = MissingNode.getInstance();
        String type = "";
        String predicateType = "";
        Predicate predicate = Predicate.NONE;
        try (JsonParser in = Json.mapper().createParser(json)) {
            boolean object = in.nextToken() == JsonToken.START_OBJECT;
            while (object && in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                switch (name) {
                    case "_type" -> type = text(in, value);
                    case "predicateType" -> predicateType = text(in, value);
                    case "subject" -> subject = in.readValueAsTree();
                    case "predicate" -> predicate = skipped(in, json);
                    default -> in.skipChildren();
                }
            }
            if (!type.startsWith(TYPE) || in.nextToken() != null) {
                throw new IOException("it is no in-toto statement");
            }
        }
        Set<Digest> subjects = subjects(subject);
        if (subjects.isEmpty() || predicateType.isEmpty()) {
            throw new IOException("the statement is about nothing, or says nothing");
        }
        return new Statement(subjects, predicateType, predicate);
    }

    private static Set<Digest> subjects(JsonNode all) throws IOException {
        Set<Digest> subjects = new LinkedHashSet<>();
        for (JsonNode subject : all) {
            String hex = subject.path("digest").path("sha256").asText("");
            try {
                subjects.add(new Digest("sha256:" + hex));
            } catch (IllegalArgumentException e) {
                throw new IOException("a subject of it has no SHA-256 digest", e);
            }
        }
        return subjects;
    }

    private static String text(JsonParser in, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return in.getText();
        }
        in.skipChildren();
        return "";
    }

    private static Predicate skipped(JsonParser in, byte[] json) throws IOException {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        in.finishToken();
        return new Predicate(json, from, (int) in.currentLocation().getByteOffset());
    }
}
