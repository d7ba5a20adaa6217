package io.forgefleet.build.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.container.TarFiles;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.runtime.config.TemplateConfig;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxResult;
import io.forgefleet.work.sandbox.SandboxTask;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.SqliteFile;
import io.forgefleet.work.template.TemplateException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQLite: the command writes one file, to the path that it finds in {@code TEMPLATE_PATH}. */
final class SqlitePreparation implements Preparation {

    private static final String PATH = "TEMPLATE_PATH";

    private final Sandbox sandbox;
    private final TemplateConfig limits;

    SqlitePreparation(Sandbox sandbox, TemplateConfig limits) {
        this.sandbox = sandbox;
        this.limits = limits;
    }

    @Override
    public FinishedDatabase prepare(Order order)
            throws PreparationException, DependencyAwayException, IOException, ClientException, InterruptedException {
        TemplateSpec spec = order.spec();
        String file = spec.name() + ".db";
        Duration timeout = timeout(spec);
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put(PATH, Sandbox.OUTPUTS + "/" + file);
        SandboxTask task = new SandboxTask(
                order.image().repository(),
                order.image().digest(),
                order.checkout(),
                spec.command(),
                environment,
                spec.network(),
                timeout,
                order.what(),
                order.run().id());
        SandboxResult result = run(task, order);
        if (!result.succeeded()) {
            throw new PreparationException(failure(spec, timeout, result), result.lastLines());
        }
        try {
            DatabaseFacts facts = SqliteFile.seal(order.folder(), file, result.left());
            return new FinishedDatabase(order.folder().resolve(file), facts, result.took());
        } catch (TemplateException e) {
            throw new PreparationException(spec.name() + ": " + e.getMessage(), result.lastLines());
        }
    }

    private SandboxResult run(SandboxTask task, Order order)
            throws PreparationException, DependencyAwayException, IOException, ClientException, InterruptedException {
        try {
            return sandbox.run(task, Map.of(Sandbox.OUTPUTS, order.folder()), order.run()::log);
        } catch (TarFiles.TooMuchException e) {
            throw new PreparationException(
                    order.spec().name() + ": the command left " + e.getMessage() + ", the most that is taken",
                    List.of());
        } catch (ClientException e) {
            if (e.retryable() && !sandbox.answers()) {
                throw new DependencyAwayException("engine " + sandbox.endpoint(), sandbox::answers, e);
            }
            throw e;
        }
    }

    private Duration timeout(TemplateSpec spec) {
        Duration declared = spec.timeout();
        return declared == null || declared.compareTo(limits.timeout()) > 0 ? limits.timeout() : declared;
    }

    private String failure(TemplateSpec spec, Duration timeout, SandboxResult result) {
        if (result.timedOut()) {
            return spec.name() + ": the command took longer than " + timeout.toSeconds() + " s and was ended";
        }
        if (result.outOfMemory()) {
            return spec.name() + ": the command wanted more than " + (limits.memory() >> 20)
                    + " MiB of memory and was ended";
        }
        return spec.name() + ": the command failed with exit code " + result.exit();
    }
}
