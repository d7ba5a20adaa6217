package io.forgefleet.host.broker;

import io.forgefleet.host.process.FreePort;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real single-node Kafka (KRaft, share groups on) inside this process.
 *
 * <p>Its directory survives {@code kill -9}: a new start there has every record that was acknowledged. Topics are never
 * made by themselves. As with any Kafka, a failing disk halts the process. Safe for use by many threads.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final int START_TRIES = 3;

    private final DataDirectory directory;
    private final KafkaRaftServer server;
    private final String bootstrap;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(DataDirectory directory, KafkaRaftServer server, String bootstrap) {
        this.directory = directory;
        this.server = server;
        this.bootstrap = bootstrap;
    }

    /**
     * Starts a broker and returns once it takes records; about 2 seconds.
     *
     * @throws IllegalStateException if the directory belongs to a running broker, or the broker cannot start
     */
    public static EmbeddedBroker start(BrokerOptions options) {
        for (int attempt = 1; ; attempt++) {
            int port = options.port() == 0 ? FreePort.find() : options.port();
            Map<String, String> properties = BrokerProperties.of(options, port, FreePort.find());
            try {
                return start(properties, options.advertisedHost() + ":" + port, null);
            } catch (BindFailedException e) {
                if (options.port() != 0 || attempt == START_TRIES) {
                    throw e;
                }
                LOG.info("port {} was taken in the meantime, trying another", port);
            }
        }
    }

    static EmbeddedBroker start(Map<String, String> properties, String bootstrap, @Nullable String clusterId) {
        Properties values = new Properties();
        values.putAll(properties);
        KafkaConfig config = KafkaConfig.fromProps(values, false);
        DataDirectory directory = DataDirectory.hold(Path.of(config.logDirs().getFirst()));
        KafkaRaftServer server = null;
        try {
            directory.format(config.nodeId(), clusterId);
            server = new KafkaRaftServer(config, Time.SYSTEM);
            server.startup();
            LOG.info("Kafka is ready at {}", bootstrap);
            return new EmbeddedBroker(directory, server, bootstrap);
        } catch (RuntimeException e) {
            if (server != null) {
                server.shutdown();
            }
            directory.close();
            throw BindFailedException.isCauseOf(e)
                    ? new BindFailedException(bootstrap, e)
                    : new IllegalStateException("Kafka did not start on " + properties.get("log.dirs"), e);
        }
    }

    /** Where clients connect: {@code host:port}. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Waits until the broker has been closed, or has stopped by itself. */
    public void awaitStop() {
        server.awaitShutdown();
    }

    /** Stops the broker in order; a second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.shutdown();
            server.awaitShutdown();
            directory.close();
        }
    }
}
