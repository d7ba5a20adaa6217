package io.forgefleet.cleanup.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.cleanup.sweep.Wish;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.Set;

/**
 * What somebody asks of cleanups.
 *
 * @param repository {@code owner/name} or {@code forge/owner/name}, literally; empty for all
 * @param reference an image, with tag or digest or without, of which alone is told; empty for all
 * @param dryRun whether nothing is to go
 * @param yes whether a person said that as much may go as does
 * @param keep what stays whatever the rules say
 * @param acceptLedger whether a ledger that is not what it was is taken as it is; then nothing else is done
 * @param undo tag of what is to be taken back from the trash; then nothing else is done; empty for nothing
 */
record PruneRequest(
        String repository,
        AskedImage reference,
        boolean dryRun,
        boolean yes,
        KeepPattern keep,
        boolean acceptLedger,
        String undo) {

    private static final Set<String> KNOWN =
            Set.of("repository", "reference", "dryRun", "yes", "keep", "acceptLedger", "undo");

    /**
     * Reads one. What is left out is false or empty, but {@code dryRun}, which is true.
     *
     * @throws IllegalArgumentException when it is none; the message is for people
     */
    static PruneRequest read(byte[] body) {
        JsonNode asked;
        try {
            asked = Json.mapper().readTree(body);
        } catch (IOException e) {
            throw new IllegalArgumentException("the body is no JSON", e);
        }
        if (asked == null || !asked.isObject()) {
            throw new IllegalArgumentException("the body is no JSON object");
        }
        asked.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException("there is no \"" + name + "\" to ask for, but " + KNOWN);
            }
        });
        AskedImage reference = AskedImage.of(text(asked, "reference"));
        boolean dryRun = flag(asked, "dryRun", true);
        if (!reference.image().isEmpty() && !dryRun) {
            throw new IllegalArgumentException("of one reference can only be told what would become of it: dryRun");
        }
        return new PruneRequest(
                text(asked, "repository"),
                reference,
                dryRun,
                flag(asked, "yes", false),
                KeepPattern.of(text(asked, "keep")),
                flag(asked, "acceptLedger", false),
                text(asked, "undo"));
    }

    private static String text(JsonNode asked, String name) {
        JsonNode value = asked.path(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw new IllegalArgumentException("\"" + name + "\" is no text");
        }
        return value.asText("");
    }

    private static boolean flag(JsonNode asked, String name, boolean otherwise) {
        JsonNode value = asked.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new IllegalArgumentException("\"" + name + "\" is neither true nor false");
        }
        return value.asBoolean(otherwise);
    }

    boolean isAbout(RepositoryId id) {
        return repository.isEmpty()
                || id.path().equals(repository)
                || id.toString().equals(repository);
    }

    Wish of(RepositoryId id) {
        return new Wish(id, dryRun, yes, keep, reference.image());
    }

    /** What of it is to be told. */
    Outcome told(Outcome outcome) {
        return reference.image().isEmpty() ? outcome : outcome.only(reference::means);
    }
}
