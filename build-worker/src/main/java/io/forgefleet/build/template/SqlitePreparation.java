package io.forgefleet.build.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxResult;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.SqliteFile;
import io.forgefleet.work.template.TemplateException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** SQLite: the command writes one file, to the path that it finds in {@code TEMPLATE_PATH}. */
final class SqlitePreparation implements Preparation {

    private static final String PATH = "TEMPLATE_PATH";

    private final CommandRun commands;

    SqlitePreparation(CommandRun commands) {
        this.commands = commands;
    }

    @Override
    public FinishedDatabase prepare(Order order)
            throws PreparationException, DependencyAwayException, IOException, ClientException, InterruptedException {
        TemplateSpec spec = order.spec();
        String file = spec.name() + ".db";
        SandboxResult result = commands.alone(order, Map.of(PATH, Sandbox.OUTPUTS + "/" + file), List.of());
        try {
            DatabaseFacts facts = SqliteFile.seal(order.folder(), file, result.left());
            return new FinishedDatabase(order.folder().resolve(file), facts, result.took());
        } catch (TemplateException e) {
            throw new PreparationException(spec.name() + ": " + e.getMessage(), result.lastLines());
        }
    }
}
