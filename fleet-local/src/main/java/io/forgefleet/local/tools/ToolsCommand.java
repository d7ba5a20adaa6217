package io.forgefleet.local.tools;

import picocli.CommandLine.Command;

/** What has to do with the programs that the fleet runs. */
@Command(
        name = "tools",
        description = "Gets the programs that the fleet runs: for SBOMs, scans and signatures.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class ToolsCommand {}
