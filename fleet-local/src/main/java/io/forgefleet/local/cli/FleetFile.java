package io.forgefleet.local.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which configuration a command reads. */
final class FleetFile {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The fleet's configuration. Default: FLEET_CONFIG, else fleet.yml of this folder.")
    private String file = "";

    Path path(Map<String, String> environment) {
        return Path.of(file.isEmpty() ? environment.getOrDefault("FLEET_CONFIG", "fleet.yml") : file);
    }
}
