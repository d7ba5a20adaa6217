package io.forgefleet.build.template;

import io.forgefleet.build.template.Preparation.Order;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.container.TarFiles;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.config.TemplateConfig;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.work.place.Redaction;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxResult;
import io.forgefleet.work.sandbox.SandboxServer;
import io.forgefleet.work.sandbox.SandboxTask;
import io.forgefleet.work.sandbox.ServerFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a template's command in the sandbox, and says what is wrong when it does not succeed. Thread-safe. */
final class CommandRun {

    private final Sandbox sandbox;
    private final TemplateConfig limits;

    CommandRun(Sandbox sandbox, TemplateConfig limits) {
        this.sandbox = sandbox;
        this.limits = limits;
    }

    /**
     * @param more environment beside what is declared
     * @param secrets in it, which the command's log does not tell
     */
    SandboxResult alone(Order order, Map<String, String> more, List<Secret> secrets)
            throws PreparationException, DependencyAwayException, IOException, ClientException, InterruptedException {
        try {
            return run(order, more, null, new Redaction(secrets));
        } catch (ServerFailedException e) {
            throw new IllegalStateException("there was no server", e);
        }
    }

    /** The same beside a server. */
    SandboxResult beside(Order order, Map<String, String> more, SandboxServer server)
            throws ServerFailedException, PreparationException, DependencyAwayException, IOException, ClientException,
                    InterruptedException {
        return run(order, more, server, new Redaction(List.of()));
    }

    private SandboxResult run(
            Order order, Map<String, String> more, @Nullable SandboxServer server, Redaction redaction)
            throws ServerFailedException, PreparationException, DependencyAwayException, IOException, ClientException,
                    InterruptedException {
        TemplateSpec spec = order.spec();
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.putAll(more);
        SandboxTask task = new SandboxTask(
                order.image().repository(),
                order.image().digest(),
                order.checkout(),
                spec.command(),
                environment,
                spec.network(),
                longest(spec),
                order.what(),
                order.run().id());
        Consumer<String> log = line -> order.run().log(redaction.clean(line));
        SandboxResult result;
        try {
            SandboxResult said = server == null
                    ? sandbox.run(task, Map.of(Sandbox.OUTPUTS, order.folder()), log)
                    : sandbox.run(task, server, order.folder(), log);
            result = said.printing(redaction::clean);
        } catch (TarFiles.TooMuchException e) {
            throw new PreparationException(
                    spec.name() + ": the command left " + e.getMessage() + ", the most that is taken", List.of());
        } catch (ClientException e) {
            if (e.retryable() && !sandbox.answers()) {
                throw new DependencyAwayException("engine " + sandbox.endpoint(), sandbox::answers, e);
            }
            throw e;
        }
        if (!result.succeeded()) {
            throw new PreparationException(failure(spec, result), result.lastLines());
        }
        return result;
    }

    /** How long a command may run. */
    Duration longest(TemplateSpec spec) {
        Duration declared = spec.timeout();
        return declared == null || declared.compareTo(limits.timeout()) > 0 ? limits.timeout() : declared;
    }

    private String failure(TemplateSpec spec, SandboxResult result) {
        if (result.timedOut()) {
            return spec.name() + ": the command took longer than "
                    + longest(spec).toSeconds() + " s and was ended";
        }
        if (result.outOfMemory()) {
            return spec.name() + ": the command wanted more than " + (limits.memory() >> 20)
                    + " MiB of memory and was ended";
        }
        return spec.name() + ": the command failed with exit code " + result.exit();
    }
}
