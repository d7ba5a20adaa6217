package io.forgefleet.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.server.FleetServer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the fleet make a template database. */
@Command(
        name = "prepare",
        description = {
            "Asks the fleet for the template database of a commit that it has seen, and prints the id of the run. One that is"
                    + " there is found, and nothing runs; one that could not be made before is tried again."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet template prepare main",
            "  ./fleet template prepare main --commit origin/main --wait 10m"
        })
public final class TemplatePrepareCommand implements Callable<Integer> {

    private static final Duration BETWEEN = Duration.ofMillis(500);

    private final Invocation invocation;

    @Mixin
    private final TemplateOptions options = new TemplateOptions();

    @Parameters(paramLabel = "NAME", description = "As templateDatabases of .forgefleet.yml has it.")
    private String name = "";

    @Option(names = "--commit", paramLabel = "SHA", description = "Which commit. Default: ${DEFAULT-VALUE}.")
    private String commit = "HEAD";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Patience.class,
            description = "Wait for its end: 90s, 10m, 1h. Exit code 1 when it fails, or has not ended by then.")
    private Duration wait = Duration.ZERO;

    public TemplatePrepareCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ClientException, InterruptedException {
        LocalClone clone = options.clone(invocation.environment());
        Recipe recipe = Recipe.of(clone, clone.commit(commit), name);
        String repository = options.repository(clone);
        try (FleetServer server = options.connect(invocation.environment())) {
            JsonNode job = asked(server, recipe, repository);
            String run = job.path("run").asText();
            invocation.terminal().print(run);
            say("asked for; " + job.path("page").asText());
            if (!wait.isZero()) {
                await(server, recipe, run);
            }
        }
        return 0;
    }

    /** A fork has the same commits, so what the fleet would take is looked at first. */
    private static JsonNode asked(FleetServer server, Recipe recipe, String repository)
            throws CommandFailure, InterruptedException {
        ObjectNode body = Json.mapper()
                .createObjectNode()
                .put("sha", recipe.commit().value())
                .put("template", recipe.spec().name());
        String of = server.post("/api/replays", body.deepCopy().put("dryRun", true))
                .at("/jobs/0/repository")
                .asText()
                .toLowerCase(Locale.ROOT);
        String wanted = repository.toLowerCase(Locale.ROOT);
        if (!of.equals(wanted) && !of.endsWith("/" + wanted)) {
            throw new CommandFailure(
                    "the fleet knows this commit as one of " + of + ", and not of " + repository,
                    "push it there, or name that repository: --repo");
        }
        return server.post("/api/replays", body).path("jobs").path(0);
    }

    private void await(FleetServer server, Recipe recipe, String run) throws CommandFailure, InterruptedException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < wait.toNanos()) {
            Optional<JsonNode> ended = FleetServer.rows(server.get(
                                    "/api/runs", Map.of("sha", recipe.commit().value(), "limit", "200"))
                            .path("runs"))
                    .stream()
                    .filter(each -> each.path("run").asText().equals(run))
                    .filter(each -> each.path("phase").asText().equals("ENDED"))
                    .findFirst();
            if (ended.isPresent()) {
                conclude(ended.get());
                return;
            }
            Thread.sleep(BETWEEN);
        }
        throw new CommandFailure(
                "run " + run + " has not ended within " + wait.toSeconds() + " s", "./fleet logs -f " + run);
    }

    private void conclude(JsonNode run) throws CommandFailure {
        JsonNode outcome = run.path("outcome");
        if (!run.path("state").asText().equals("succeeded")) {
            StringBuilder lines = new StringBuilder();
            outcome.path("lastLines")
                    .forEach(line -> lines.append("| ").append(line.asText()).append('\n'));
            throw new CommandFailure(
                    outcome.path("message").asText(), lines + run.path("page").asText());
        }
        say(outcome.path("message").asText());
    }

    private void say(String line) {
        invocation.terminal().say(invocation.terminal().paint(Paint.DIM, line));
    }
}
