package io.forgefleet.local.cli;

import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.local.console.Invocation;
import picocli.CommandLine.Command;

/** Prints the JSON Schema of {@code .forgefleet.yml}. */
@Command(
        name = "schema",
        description = {
            "Prints the JSON Schema of .forgefleet.yml, by which editors complete and check it.",
            "./fleet config validate finds what a schema cannot say, too."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet config schema > forgefleet.schema.json",
            "  # then, as the file's first line:  # yaml-language-server: $schema=forgefleet.schema.json"
        })
final class ConfigSchemaCommand implements Runnable {

    private final Invocation invocation;

    ConfigSchemaCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public void run() {
        invocation.terminal().print(RepositoryFile.schema().stripTrailing());
    }
}
