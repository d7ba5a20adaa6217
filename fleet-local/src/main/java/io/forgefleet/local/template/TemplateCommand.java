package io.forgefleet.local.template;

import picocli.CommandLine.Command;

/** What has to do with template databases. */
@Command(
        name = "template",
        description = "Finished databases of the repository's migrations, made once by the fleet.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class TemplateCommand {}
