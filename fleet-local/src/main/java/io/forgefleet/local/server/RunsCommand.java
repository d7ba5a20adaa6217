package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs, the newest first. */
@Command(
        name = "runs",
        description = "Lists what the fleet does and did, the newest first.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet runs",
            "  ./fleet runs --repository team/app --state failed",
            "  ./fleet runs --pr 7 --json"
        })
public final class RunsCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--repository", paramLabel = "NAME", description = "Only of owner/name or forge/owner/name.")
    private String repository = "";

    @Option(
            names = "--state",
            paramLabel = "WORD",
            description = "Only running, parked, ended, or as they ended: succeeded, failed, timed-out, superseded,"
                    + " closed, cancelled, skipped.")
    private String state = "";

    @Option(names = "--pr", paramLabel = "N", description = "Only of the pull request of this number.")
    private String pullRequest = "";

    @Option(names = "--sha", paramLabel = "SHA", description = "Only of the commit that begins like this.")
    private String sha = "";

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many, up to 200. Default: ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int limit;

    @Option(names = "--json", description = "Print the JSON array of the API.")
    private boolean json;

    public RunsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try (FleetServer connected = server.connect(invocation.environment())) {
            JsonNode runs = connected
                    .get(
                            "/api/runs",
                            Map.of(
                                    "repository", repository,
                                    "state", state,
                                    "pullRequest", pullRequest,
                                    "sha", sha,
                                    "limit", String.valueOf(limit)))
                    .path("runs");
            if (json) {
                invocation.terminal().print(runs.toPrettyString());
            } else {
                show(FleetServer.rows(runs));
            }
            return 0;
        }
    }

    private void show(List<JsonNode> runs) {
        if (runs.isEmpty()) {
            invocation.terminal().say("no runs: push to a repository whose webhook points here, and there will be one");
            return;
        }
        Instant now = Instant.now();
        Table table = new Table("RUN", "STATE", "REPOSITORY", "WHAT", "WHERE", "COMMIT", "STARTED", "TOOK", "");
        for (JsonNode run : runs) {
            JsonNode subject = run.path("subject");
            String word = run.path("state").asText();
            Instant started = Instant.parse(run.path("startedAt").asText());
            boolean ended = run.path("phase").asText().equals("ENDED");
            Instant until = ended ? Instant.parse(run.path("updatedAt").asText()) : now;
            table.row()
                    .cell(run.path("run").asText())
                    .cell(word, RunWords.paint(word))
                    .cell(subject.path("repository").asText())
                    .cell(subject.path("target").asText())
                    .cell(RunWords.where(subject))
                    .cell(RunWords.sha7(subject.path("commit")))
                    .cell(RunWords.ago(started, now))
                    .cell(RunWords.took(started, until))
                    .cell(result(run), Paint.DIM);
        }
        table.print(invocation.terminal());
    }

    /** The image that it pushed, or what it says. */
    private static String result(JsonNode run) {
        JsonNode image = run.path("images").path(0);
        return image.path("tag").asText("").isEmpty()
                ? RunWords.printable(run.path("outcome").path("message").asText(""))
                : image.path("repository").asText() + ":" + image.path("tag").asText();
    }
}
