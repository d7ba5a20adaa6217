package io.forgefleet.local.release;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.RunWords;
import io.forgefleet.local.server.ServerOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows how far a release is. */
@Command(
        name = "show",
        description = "Shows the steps of a release's run, and what came of them.",
        mixinStandardHelpOptions = true)
public final class ReleaseShowCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "RUN", description = "The run, as fleet runs lists it.")
    private String run = "";

    public ReleaseShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try (FleetServer connected = server.connect(invocation.environment())) {
            JsonNode found = connected.get("/api/runs/" + run, Map.of());
            Table table = new Table("STEP", "", "");
            for (JsonNode step : FleetServer.rows(found.path("steps"))) {
                boolean ended =
                        !step.path("ended").isNull() && !step.path("ended").isMissingNode();
                String word = step.path("failed").asBoolean() ? "failed" : ended ? "done" : "at it";
                table.row()
                        .cell(step.path("name").asText())
                        .cell(word, word.equals("failed") ? Paint.RED : Paint.DIM)
                        .cell(RunWords.printable(step.path("detail").asText("")), Paint.DIM);
            }
            table.print(invocation.terminal());
            String state = found.path("state").asText();
            String message = found.path("outcome").path("message").asText("");
            invocation
                    .terminal()
                    .say(invocation.terminal().paint(RunWords.paint(state), state)
                            + (message.isEmpty() ? "" : ": " + RunWords.printable(message)));
            return 0;
        }
    }
}
