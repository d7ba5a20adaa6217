package io.forgefleet.local.up;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.engine.LocalEngine;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.KafkaConfig;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.StopStage;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this host runs for a fleet where the configuration names nothing: a broker, an engine for protected branches. */
final class HostParts implements AutoCloseable {

    private record Part(String name, Runnable end) {}

    private static final Logger LOG = LoggerFactory.getLogger(HostParts.class);

    private final Deque<Part> parts = new ArrayDeque<>();
    private FleetConfig config;
    private String note = "";

    private HostParts(FleetConfig config) {
        this.config = config;
    }

    /** Starts them; what was started ends again when the broker does not start. */
    static HostParts start(FleetConfig config) throws InterruptedException {
        HostParts parts = new HostParts(config);
        try {
            if (OwnEngine.isWanted(config)) {
                parts.addEngine();
            }
            if (config.kafka().isEmbedded()) {
                EmbeddedBroker broker = EmbeddedBroker.start(options(config));
                parts.parts.push(new Part("broker", broker::close));
                parts.config = parts.config.withBroker(broker.bootstrap());
            }
            return parts;
        } catch (InterruptedException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Without one the fleet works as well, only slower. */
    private void addEngine() throws InterruptedException {
        String obstacle = OwnEngine.obstacle(config).orElse("");
        if (obstacle.isEmpty()) {
            try {
                LocalEngine engine = OwnEngine.start(config, TrustClass.PROTECTED);
                parts.push(new Part("engine for protected branches", engine::close));
                config = config.withBuilder(OwnEngine.builder(engine, TrustClass.PROTECTED));
                return;
            } catch (IllegalStateException e) {
                LOG.warn("{}", OwnEngine.WITHOUT, e);
                obstacle = String.valueOf(e.getMessage());
            }
        }
        note = OwnEngine.WITHOUT + " (" + obstacle + ")";
    }

    private static BrokerOptions options(FleetConfig config) {
        KafkaConfig.Embedded embedded = config.kafka().embedded();
        BrokerOptions options =
                BrokerOptions.in(LocalFleet.brokerDirectory(config)).onPort(embedded.port());
        return embedded.flushBeforeAck() ? options.flushingBeforeAck() : options;
    }

    /** The configuration with what was started. */
    FleetConfig config() {
        return config;
    }

    /** What people should know; empty when there is nothing. */
    String note() {
        return note;
    }

    /** Has them end with the service, after its workers. */
    void endWith(Service service) {
        parts.reversed()
                .forEach(part -> service.onStop(
                        StopStage.CLOSE, part.name(), left -> part.end().run()));
        parts.clear();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.end().run();
            } catch (RuntimeException e) {
                LOG.warn("the {} did not end well", part.name(), e);
            }
        }
    }
}
