package io.forgefleet.local.cli;

import picocli.CommandLine.Command;

/** What has to do with configuration files. */
@Command(
        name = "config",
        description = "Checks configuration files.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {}
