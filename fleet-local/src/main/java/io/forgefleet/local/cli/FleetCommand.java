package io.forgefleet.local.cli;

import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command above all others, which alone does nothing. */
@Command(
        name = "./fleet",
        description = "An event-driven webhook worker fleet: pushes become images and commit statuses.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = FleetCommand.Version.class,
        footer = {
            "",
            "Begin with ./fleet demo (everything on this machine); then cp fleet.example.yml fleet.yml, and ./fleet up.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not verified, 130 stopped by Ctrl-C."
        })
final class FleetCommand {

    /** The version, as the manifest of this jar has it. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = FleetCommand.class.getPackage().getImplementationVersion();
            return new String[] {"forgefleet " + Objects.requireNonNullElse(version, "(from sources)")};
        }
    }

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack traces of failures, as does FLEET_DEBUG=1.")
    private boolean debug;

    /** Whether failures are shown with their stack traces. */
    boolean isDebug(Map<String, String> environment) {
        return debug || !environment.getOrDefault("FLEET_DEBUG", "").isEmpty();
    }
}
