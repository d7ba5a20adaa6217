package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.engine.EngineLeavings;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.job.RunId;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sweeps the Docker engines that this process reaches. */
public final class EngineSweep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineSweep.class);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Map<String, Engine> engines = new LinkedHashMap<>();
    private final Set<String> unreachable = ConcurrentHashMap.newKeySet();
    private final List<String> addresses;
    private final RunsInHand runs;

    public EngineSweep(FleetConfig config, DockerCredentials credentials, RunsInHand runs) {
        this.runs = runs;
        this.addresses =
                config.registries().stream().map(RegistryConfig::address).toList();
        for (BuilderConfig builder : config.builders()) {
            if (builder.kind() == BuilderConfig.Kind.ENGINE) {
                String endpoint = builder.endpoint().toString();
                engines.computeIfAbsent(endpoint, at -> new Engine(at, builder.tls(), credentials, SILENCE));
            }
        }
    }

    /** Removes what runs left that are known to be over. What does not answer is told of once. */
    public void sweep() throws InterruptedException {
        for (Map.Entry<String, Engine> each : engines.entrySet()) {
            try {
                EngineLeavings.Swept swept = new EngineLeavings(each.getValue(), addresses).sweep(id -> !isOver(id));
                if (!swept.containers().isEmpty() || !swept.images().isEmpty()) {
                    LOG.info(
                            "{}: removed containers {} and images {} of runs that are over",
                            each.getKey(),
                            swept.containers(),
                            swept.images());
                }
                unreachable.remove(each.getKey());
            } catch (ClientException e) {
                if (unreachable.add(each.getKey())) {
                    LOG.info("what runs left on {} is not looked at from here: {}", each.getKey(), e.getMessage());
                }
            }
        }
    }

    private boolean isOver(String id) {
        try {
            return runs.isOver(new RunId(id));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (Engine engine : engines.values()) {
            engine.close();
        }
    }
}
