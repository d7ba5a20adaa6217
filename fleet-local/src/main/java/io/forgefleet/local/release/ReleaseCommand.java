package io.forgefleet.local.release;

import picocli.CommandLine.Command;

/** What has to do with releases. */
@Command(
        name = "release",
        description = "Releases, which the fleet makes of tags.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class ReleaseCommand {}
