package io.forgefleet.local.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.RunWords;
import io.forgefleet.local.server.ServerOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what keeps an image, or since when nothing does. */
@Command(
        name = "why",
        description = "Says why an image stays, or since when nobody needs it. Nothing is deleted.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet why registry.example/team/app:pr-7-1f3c9ab",
            "  ./fleet why registry.example/team/app@sha256:0f9b12",
            "  ./fleet why registry.example/team/app           all that it has, as prune --dry-run"
        })
public final class WhyCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(
            paramLabel = "IMAGE",
            description = "Registry and repository with a tag, or with a digest or its first digits.")
    private String image = "";

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    public WhyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Terminal terminal = invocation.terminal();
        ObjectNode body =
                Json.mapper().createObjectNode().put("reference", image).put("dryRun", true);
        try (FleetServer connected = server.connect(invocation.environment())) {
            Pruning pruning = Pruning.ask(connected, body, at -> {});
            if (json) {
                terminal.print(pruning.json().toPrettyString());
            } else if (pruning.isWhole()) {
                show(terminal, pruning);
            } else {
                PlanTable table = new PlanTable(terminal, pruning.now(), true);
                pruning.outcomes().forEach(table::print);
            }
            return pruning.isWhole() ? 0 : 1;
        }
    }

    private void show(Terminal terminal, Pruning pruning) throws CommandFailure {
        List<JsonNode> items = pruning.items();
        if (items.isEmpty()) {
            throw new CommandFailure(
                    "the registry has no " + image,
                    "the fleet knows the repository, so it was deleted, or never pushed; ./fleet why "
                            + image.replaceFirst("(@.*|:[^/]*)$", "") + " lists all that is there");
        }
        PlanTable table = new PlanTable(terminal, pruning.now(), true);
        table.rows(Json.mapper().createArrayNode().addAll(items)).print(terminal);
        if (items.size() == 1) {
            chain(terminal, items.getFirst());
        }
    }

    /** From the image to what keeps it in the end, a line each. */
    private static void chain(Terminal terminal, JsonNode item) {
        String indent = "  ";
        terminal.print(terminal.paint(Paint.BOLD, item.path("digest").asText()));
        List<String> chain = PlanTable.texts(item.path("chain"));
        for (String link : chain.isEmpty() ? List.of(item.path("reason").asText()) : chain) {
            terminal.print(indent + "← " + RunWords.printable(link));
            indent += "  ";
        }
        for (String key : PlanTable.texts(item.path("ledger"))) {
            String[] parts = key.split("@", 3);
            if (parts.length == 3) {
                terminal.say("pushed by run " + parts[1] + "; ./fleet logs " + parts[1] + " while it is known");
            }
        }
    }
}
