package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import io.forgefleet.local.console.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has work done again. */
@Command(
        name = "replay",
        description = {
            "Has the fleet do work again, marked as a replay. An image that is there already is found and not built,"
                    + " unless --rebuild asks for a new one, which gets a tag of its own (…-r2)."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet replay --pr team/app#7 --dry-run      what would be done",
            "  ./fleet replay --sha 1f3c9ab --rebuild",
            "  ./fleet replay --ci-image ci --repo team/app  the CI image anew, and its pin",
            "  ./fleet replay --since 2h --worker build      everything of the last two hours"
        })
public final class ReplayCommand implements Callable<Integer> {

    /** What to do again: exactly one of these. */
    static final class Selection {

        @Option(names = "--event", paramLabel = "ID", description = "The event of this id.")
        private String event = "";

        @Option(names = "--pr", paramLabel = "OWNER/REPO#N", description = "The newest state of a pull request.")
        private String pullRequest = "";

        @Option(
                names = "--sha",
                paramLabel = "SHA",
                description = "The commit that begins like this, 7 digits or more.")
        private String sha = "";

        @Option(names = "--since", paramLabel = "TIME", description = "All events of this time: 90s, 30m, 2h, 1d.")
        private String since = "";

        @Option(
                names = "--repo",
                paramLabel = "OWNER/REPO",
                description = "The newest push to a branch: --branch, or else main or master.")
        private String repository = "";

        private void write(ObjectNode body) {
            put(body, "repository", repository);
            put(body, "event", event);
            put(body, "pullRequest", pullRequest);
            put(body, "sha", sha);
            put(body, "since", since);
        }
    }

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Selection selection = new Selection();

    @Option(names = "--branch", paramLabel = "NAME", description = "The branch that --repo is about.")
    private String branch = "";

    @Option(
            names = "--ci-image",
            paramLabel = "NAME",
            description = "One CI image in place of the images: built anew, under a tag of its own (deps-…-r2), which"
                    + " later commits take.")
    private String ciImage = "";

    @Option(names = "--forge", paramLabel = "NAME", description = "Only on this forge.")
    private String forge = "";

    @Option(names = "--worker", paramLabel = "KIND", description = "Which workers do it. Default: build.")
    private String worker = "";

    @Option(names = "--rebuild", description = "Build anew although the image is there.")
    private boolean rebuild;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the JSON array of the API.")
    private boolean json;

    public ReplayCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        ObjectNode body =
                Json.mapper().createObjectNode().put("rebuild", rebuild).put("dryRun", dryRun);
        selection.write(body);
        put(body, "branch", branch);
        put(body, "ciImage", ciImage);
        put(body, "forge", forge);
        put(body, "worker", worker);
        try (FleetServer connected = server.connect(invocation.environment())) {
            JsonNode jobs = connected.post("/api/replays", body).path("jobs");
            if (json) {
                invocation.terminal().print(jobs.toPrettyString());
            } else {
                show(FleetServer.rows(jobs));
            }
            return 0;
        }
    }

    private static void put(ObjectNode body, String name, String value) {
        if (!value.isEmpty()) {
            body.put(name, value);
        }
    }

    private void show(List<JsonNode> jobs) {
        Terminal terminal = invocation.terminal();
        Table table = new Table("EVENT", "REPOSITORY", "WHAT", "COMMIT", "RUN");
        for (JsonNode job : jobs) {
            table.row()
                    .cell(job.path("event").asText())
                    .cell(job.path("repository").asText())
                    .cell(job.path("subject").asText())
                    .cell(RunWords.sha7(job.path("commit")))
                    .cell(job.path("run").asText(dryRun ? "(dry run)" : ""), Paint.BOLD);
        }
        table.print(terminal);
        terminal.say(
                dryRun
                        ? jobs.size() + " would be done again; without --dry-run they are"
                        : jobs.size() + " asked for; ./fleet logs -f RUN follows one");
    }
}
