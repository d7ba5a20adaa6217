package io.forgefleet.local.cli;

import picocli.CommandLine.Command;

/** What has to do with configuration files. */
@Command(
        name = "config",
        description = "Checks configuration files, and says what may stand in them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {}
