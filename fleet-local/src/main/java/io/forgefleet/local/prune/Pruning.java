package io.forgefleet.local.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.JsonLines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a fleet answers about cleanups.
 *
 * @param now by the ledger's clock
 * @param outcomes of one repository each, as the API gives them
 * @param freed bytes, each blob counted once
 * @param undone what was taken back from the trash, image and tag
 */
record Pruning(Instant now, List<JsonNode> outcomes, long freed, List<String> undone) {

    /**
     * Asks for it. The fleet stops when the caller is interrupted.
     *
     * @param told of each repository that is begun
     */
    static Pruning ask(FleetServer fleet, ObjectNode body, Consumer<String> told)
            throws CommandFailure, InterruptedException {
        Instant now = Instant.EPOCH;
        String at = "";
        List<JsonNode> outcomes = new ArrayList<>();
        List<String> undone = new ArrayList<>();
        try (JsonLines lines = fleet.lines("/api/prune", body)) {
            for (Optional<JsonNode> next = lines.next(); next.isPresent(); next = lines.next()) {
                JsonNode line = next.get();
                if (line.has("now")) {
                    now = Instant.parse(line.path("now").asText());
                } else if (line.has("outcome")) {
                    outcomes.add(line.path("outcome"));
                } else if (line.has("undone")) {
                    line.path("undone").forEach(tag -> undone.add(tag.asText()));
                } else if (line.has("end")) {
                    return new Pruning(now, outcomes, line.path("freed").asLong(), undone);
                } else if (!line.path("at").asText("").equals(at)) {
                    at = line.path("at").asText("");
                    told.accept(at);
                }
            }
        }
        throw new CommandFailure(
                "the fleet's answer broke off after " + outcomes.size() + " of its repositories",
                "what it deleted until then is deleted; look at its log, and ask again: it goes on where it was");
    }

    /** As {@code --json} prints it. */
    JsonNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("now", now.toString()).put("freed", freed);
        json.putArray("repositories").addAll(outcomes);
        undone.forEach(json.putArray("undone")::add);
        return json;
    }

    /** What is planned for each manifest, of all images. */
    List<JsonNode> items() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.path("images").valueStream())
                .flatMap(image -> image.path("plan").path("items").valueStream())
                .toList();
    }

    /** Whether all of it was done, or could be told. */
    boolean isWhole() {
        return outcomes.stream()
                .allMatch(outcome -> outcome.path("refusal").asText("").isEmpty()
                        && outcome.path("images").valueStream().allMatch(Pruning::isWhole));
    }

    private static boolean isWhole(JsonNode image) {
        boolean planned = image.has("plan") && !image.has("report");
        return (image.path("refusal").asText("").isEmpty() || planned)
                && image.path("report").path("incomplete").isEmpty();
    }
}
