package io.forgefleet.local.release;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a release go on from the step where it is. */
@Command(
        name = "resume",
        description = "Has a release go on from the step where it is.",
        mixinStandardHelpOptions = true)
public final class ReleaseResumeCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "RUN", description = "A run of the release, as fleet runs lists it.")
    private String run = "";

    public ReleaseResumeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try (FleetServer connected = server.connect(invocation.environment())) {
            JsonNode job =
                    connected.post("/api/runs/" + run + "/resume", Json.mapper().createObjectNode());
            String other = job.path("run").asText();
            invocation.terminal().print(other);
            invocation
                    .terminal()
                    .say("the release goes on, by run " + other + "; ./fleet logs -f " + other + " follows it");
            return 0;
        }
    }
}
