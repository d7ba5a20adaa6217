package io.forgefleet.build.builder;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.runtime.config.BuilderConfig;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a builder answers. */
sealed interface Probe extends Closeable {

    boolean answers() throws InterruptedException;

    static Probe of(BuilderConfig config) {
        return switch (config.kind()) {
            case ENGINE ->
                new OfEngine(
                        config.name(),
                        new Engine(
                                config.endpoint().toString(),
                                config.tls(),
                                DockerCredentials.ofThisProcess(),
                                OfEngine.PATIENCE));
            case BUILDKIT -> new OfDaemon(config.name(), config.endpoint());
        };
    }

    /** Asks it. */
    record OfEngine(String name, Engine engine) implements Probe {

        private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
        private static final Duration PATIENCE = Duration.ofSeconds(5);

        @Override
        public boolean answers() throws InterruptedException {
            try {
                engine.ping();
                return true;
            } catch (ClientException e) {
                LOG.debug("builder {}: {}", name, e.getMessage());
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            engine.close();
        }
    }

    /** Connects to it. */
    record OfDaemon(String name, URI endpoint) implements Probe {

        private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
        private static final int PATIENCE_MILLIS = 3000;

        @Override
        public boolean answers() {
            try {
                if ("unix".equals(endpoint.getScheme())) {
                    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                        return channel.connect(UnixDomainSocketAddress.of(endpoint.getPath()));
                    }
                }
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), PATIENCE_MILLIS);
                    return true;
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("builder {}: {}", name, e.toString());
                return false;
            }
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
