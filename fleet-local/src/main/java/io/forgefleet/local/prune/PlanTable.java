package io.forgefleet.local.prune;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.RunWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Plans of cleanups, and what came of them, for people. */
final class PlanTable {

    private static final int BRIEF = 19;
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private final Terminal terminal;
    private final Instant now;
    private final boolean dryRun;

    PlanTable(Terminal terminal, Instant now, boolean dryRun) {
        this.terminal = terminal;
        this.now = now;
        this.dryRun = dryRun;
    }

    /** Prints what one repository's outcome has. */
    void print(JsonNode outcome) {
        String refusal = outcome.path("refusal").asText("");
        if (!refusal.isEmpty()) {
            warn(name(outcome.path("repository")) + ": nothing is deleted: " + refusal);
        }
        for (JsonNode image : FleetServer.rows(outcome.path("images"))) {
            image(image);
        }
    }

    private static String name(JsonNode repository) {
        return repository.isTextual()
                ? repository.asText()
                : repository.path("forge").asText() + "/"
                        + repository.path("path").asText();
    }

    private void image(JsonNode image) {
        String name = image.path("image").asText();
        String refusal = image.path("refusal").asText("");
        if (!refusal.isEmpty()) {
            warn(name + ": nothing " + (dryRun ? "could be" : "is") + " deleted: " + refusal);
        }
        JsonNode plan = image.path("plan");
        if (plan.isMissingNode()) {
            if (refusal.isEmpty()) {
                terminal.say(name + ": nothing is due");
            }
            return;
        }
        terminal.print(terminal.paint(Paint.BOLD, name));
        rows(plan.path("items")).print(terminal);
        FleetServer.rows(plan.path("notes")).forEach(note -> warn(RunWords.printable(note.asText())));
        report(image.path("report"));
        String garbage = image.path("garbage").asText("");
        if (!garbage.isEmpty() && plan.path("freed").asLong() > 0) {
            terminal.say(size(plan.path("freed").asLong()) + " of it; " + garbage);
        }
        terminal.print("");
    }

    /** Columns of all that people ask about. */
    Table rows(JsonNode items) {
        Table table = new Table("", "DIGEST", "TAGS", "SIZE", "AGE", "REASON");
        for (JsonNode item : FleetServer.rows(items)) {
            String fate = item.path("fate").asText();
            Paint paint =
                    switch (fate) {
                        case "DELETE" -> Paint.RED;
                        case "UNTAG" -> Paint.YELLOW;
                        default -> Paint.GREEN;
                    };
            table.row()
                    .cell(word(fate, item.path("trash").isTextual()), paint)
                    .cell(brief(item.path("digest").asText()))
                    .cell(tags(item))
                    .cell(size(item.path("bytes").asLong()))
                    .cell(age(item))
                    .cell(reason(item), Paint.DIM);
        }
        return table;
    }

    private String word(String fate, boolean trashed) {
        return switch (fate) {
            case "DELETE" -> dryRun ? "goes" : "deleted";
            case "UNTAG" -> trashed ? "trash" : dryRun ? "loses a tag" : "untagged";
            default -> "kept";
        };
    }

    private static String tags(JsonNode item) {
        List<String> going = texts(item.path("tagsToGo"));
        boolean some = item.path("fate").asText().equals("UNTAG");
        String tags = texts(item.path("tags")).stream()
                .map(tag -> some && going.contains(tag) ? "-" + tag : tag)
                .collect(Collectors.joining(" "));
        return tags.isEmpty() ? "(none)" : RunWords.printable(tags);
    }

    private String age(JsonNode item) {
        String entered = item.path("entered").asText("");
        return entered.isEmpty() || entered.equals("null") ? "?" : RunWords.took(Instant.parse(entered), now);
    }

    /** With the chain that keeps it, from itself to the reason. */
    static String reason(JsonNode item) {
        List<String> chain = texts(item.path("chain"));
        return RunWords.printable(
                chain.size() > 1
                        ? String.join(" ← ", chain)
                        : item.path("reason").asText());
    }

    private void report(JsonNode report) {
        if (report.isMissingNode()) {
            return;
        }
        List<String> words = new ArrayList<>();
        words.add(report.path("deleted").size() + " deleted");
        words.add(report.path("untagged").size() + " tags removed");
        if (!report.path("trashed").isEmpty()) {
            words.add("in the trash: " + String.join(", ", texts(report.path("trashed"))));
        }
        words.add(report.path("skipped").size() + " left for now");
        terminal.say(String.join(", ", words));
        for (JsonNode skipped : FleetServer.rows(report.path("skipped"))) {
            terminal.say("  left " + brief(skipped.path("digest").asText()) + ": "
                    + RunWords.printable(skipped.path("why").asText()));
        }
        for (JsonNode missing : FleetServer.rows(report.path("incomplete"))) {
            terminal.say(terminal.paint(Paint.RED, "  not whole any more: ") + RunWords.printable(missing.asText()));
        }
    }

    private void warn(String text) {
        terminal.say(terminal.paint(Paint.YELLOW, "note: ") + text);
    }

    static List<String> texts(JsonNode array) {
        return FleetServer.rows(array).stream().map(JsonNode::asText).toList();
    }

    private static String brief(String digest) {
        return digest.substring(0, Math.min(BRIEF, digest.length()));
    }

    /** {@code 1.2 GB}, in powers of ten as registries' bills have it. */
    static String size(long bytes) {
        double left = bytes;
        int unit = 0;
        while (left >= 1000 && unit < UNITS.length - 1) {
            left /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", left, UNITS[unit]);
    }
}
