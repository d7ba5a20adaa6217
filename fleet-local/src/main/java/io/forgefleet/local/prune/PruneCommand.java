package io.forgefleet.local.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.ServerOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Has needless images deleted now, or says which would be. */
@Command(
        name = "prune",
        description = {
            "Has the fleet delete now what nobody needs: what its sweeps delete by themselves, and by the same rules."
                    + " With --dry-run it only says what would go, what stays, and why.",
            "Ctrl-C stops it between two deletions; the next one goes on where it was."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet prune --dry-run                      all repositories, nothing is deleted",
            "  ./fleet prune --repo team/app --keep 'pr-7-' images of pull request 7 stay",
            "  ./fleet prune --repo team/app --yes          more than retention.mostShare may go",
            "  ./fleet prune --undo trash-20261129-1f3c9ab  takes it back, where retention.undoWindow is set"
        })
public final class PruneCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--repo",
            paramLabel = "OWNER/REPO",
            description = "Only of this repository, owner/name or forge/owner/name, taken literally.")
    private String repository = "";

    @Option(names = "--dry-run", description = "Only say what would go and what stays.")
    private boolean dryRun;

    @Option(
            names = "--keep",
            paramLabel = "REGEX",
            description = "Keep also what this is found in: registry/repository:tag (RE2 syntax).")
    private String keep = "";

    @Option(
            names = "--yes",
            description = "Delete even where more than retention.mostShare percent of an image's manifests would go.")
    private boolean yes;

    @Option(
            names = "--accept-ledger",
            description = "Take the ledger as it is now, after Kafka lost a part of it or was restored; nothing else is"
                    + " done.")
    private boolean acceptLedger;

    @Option(
            names = "--undo",
            paramLabel = "ID",
            description =
                    "Take back from the trash what has this tag there (trash-DATE-…), within retention.undoWindow;"
                            + " nothing else is done.")
    private String undo = "";

    @Option(names = "--json", description = "Print what the API answers: now, freed, repositories, undone.")
    private boolean json;

    public PruneCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        boolean more = dryRun || yes || !keep.isEmpty() || !repository.isEmpty();
        if ((acceptLedger && (more || !undo.isEmpty())) || (!undo.isEmpty() && more)) {
            throw new ParameterException(
                    spec.commandLine(), "--undo and --accept-ledger stand alone: they delete nothing");
        }
        Terminal terminal = invocation.terminal();
        ObjectNode body = Json.mapper()
                .createObjectNode()
                .put("repository", repository)
                .put("dryRun", dryRun)
                .put("yes", yes)
                .put("keep", keep)
                .put("acceptLedger", acceptLedger)
                .put("undo", undo);
        try (FleetServer connected = server.connect(invocation.environment())) {
            Pruning pruning = Pruning.ask(connected, body, at -> {
                if (terminal.interactive()) {
                    terminal.say("looking at " + at + "…");
                }
            });
            if (json) {
                terminal.print(pruning.json().toPrettyString());
            } else if (!undo.isEmpty()) {
                pruning.undone().forEach(terminal::print);
                terminal.say("taken back; it stays until somebody deletes it by hand");
            } else if (acceptLedger) {
                terminal.say("the ledger is taken as it is; ./fleet prune --dry-run says what would go now");
            } else {
                show(terminal, pruning);
            }
            return pruning.isWhole() ? 0 : 1;
        }
    }

    private void show(Terminal terminal, Pruning pruning) {
        PlanTable table = new PlanTable(terminal, pruning.now(), dryRun);
        pruning.outcomes().forEach(table::print);
        List<JsonNode> items = pruning.items();
        long going = items.stream()
                .filter(item -> item.path("fate").asText().equals("DELETE"))
                .count();
        String freed = PlanTable.size(pruning.freed());
        if (pruning.outcomes().isEmpty()) {
            terminal.say("the ledger has nothing yet: what the fleet pushes from now on is in it");
        } else if (dryRun) {
            terminal.say(going + " of " + items.size() + " manifests would go, and free " + freed
                    + " (each blob counted once); without --dry-run they do");
        } else {
            terminal.say(going + " manifests were to go, and free " + freed + " (each blob counted once)");
        }
    }
}
