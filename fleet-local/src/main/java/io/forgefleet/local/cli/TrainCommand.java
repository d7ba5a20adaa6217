package io.forgefleet.local.cli;

import io.forgefleet.host.process.FreePort;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.up.LocalFleet;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts and stops a fleet and calls a command, for the ahead-of-time cache that the launcher makes after a build. */
@Command(
        name = "train",
        hidden = true,
        description = "Starts a fleet, looks at it and stops it, so that the classes which that takes are known.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {

    private static final Duration READY_WITHIN = Duration.ofSeconds(10);

    private final Invocation invocation;

    @Option(names = "--folder", required = true, description = "An empty folder; it is left as it is afterwards.")
    private Path folder = Path.of("");

    TrainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            LocalFleet trained = LocalFleet.start(configuration());
            try {
                UpCommand.awaitReady(trained, READY_WITHIN);
                Map<String, String> environment = new HashMap<>(invocation.environment());
                environment.put("FLEET_SERVER", trained.managementUrl().toString());
                return Main.run(new Terminal(nowhere, nowhere, false, false), environment, "runs");
            } finally {
                trained.stop();
            }
        } catch (IOException | ConfigException e) {
            throw new CommandFailure("training failed: " + e.getMessage(), "", e);
        }
    }

    private FleetConfig configuration() throws ConfigException {
        return FleetConfig.parse(
                """
                listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                forges: [{name: nowhere, kind: forgejo, url: "http://127.0.0.1:1", token: "${env:TOKEN}", repositories: ["**"]}]
                registries: [{name: main, address: "127.0.0.1:1", plainHttp: true}]
                repositories: [{match: "nowhere:**"}]
                """.formatted(FreePort.find(), FreePort.find(), folder.toAbsolutePath()), Map.of("TOKEN", "unused"));
    }
}
