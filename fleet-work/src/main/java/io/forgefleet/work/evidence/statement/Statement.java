package io.forgefleet.work.evidence.statement;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * An in-toto statement (version 0.1 or 1): something is said about each of its subjects.
 *
 * @param predicateType a URI
 * @param predicate null node where it says nothing more
 */
public record Statement(Set<Digest> subjects, String predicateType, JsonNode predicate) {

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
        JsonNode root = Json.mapper().readTree(json);
        if (root == null || !root.path("_type").asText("").startsWith(TYPE)) {
            throw new IOException("it is no in-toto statement");
        }
        Set<Digest> subjects = new LinkedHashSet<>();
        for (JsonNode subject : root.path("subject")) {
            String hex = subject.path("digest").path("sha256").asText("");
            try {
                subjects.add(new Digest("sha256:" + hex));
            } catch (IllegalArgumentException e) {
                throw new IOException("a subject of it has no SHA-256 digest", e);
            }
        }
        String type = root.path("predicateType").asText("");
        if (subjects.isEmpty() || type.isEmpty()) {
            throw new IOException("the statement is about nothing, or says nothing");
        }
        return new Statement(subjects, type, root.path("predicate"));
    }
}
