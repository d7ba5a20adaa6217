package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.ServerOptions;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which clone, which repository of the fleet, which fleet. */
final class TemplateOptions {

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "-C",
            paramLabel = "FOLDER",
            description = "As if called in this folder. Default: this one.",
            defaultValue = "")
    private Path folder = Path.of("");

    @Option(
            names = "--repo",
            paramLabel = "FORGE:OWNER/REPO",
            description = "What the fleet calls the repository, the forge by its name in fleet.yml. Default: as the"
                    + " remote 'origin' has it.")
    private String repository = "";

    /** Where the command works. */
    Path folder() {
        return folder;
    }

    LocalClone clone(Map<String, String> environment) throws CommandFailure, ClientException, InterruptedException {
        return LocalClone.of(folder.toAbsolutePath(), environment);
    }

    String repository(LocalClone clone) throws CommandFailure, ClientException, InterruptedException {
        return RepositoryName.of(repository, clone);
    }

    FleetServer connect(Map<String, String> environment) throws CommandFailure {
        return server.connect(environment);
    }
}
