package io.forgefleet.host.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * How a single broker runs.
 *
 * @param dataDirectory holds all of the broker's state; made when missing, and used by one broker at a time
 * @param listenHost address that the broker binds for its clients, {@code 0.0.0.0} for all
 * @param port port of the clients' listener, 0 for a free one; a restart that clients shall survive asks for the same
 * @param advertisedHost host that clients are told to connect to
 * @param flushBeforeAck whether a record is on the disk (fsync) before it is acknowledged; without, the newest records
 *     survive a killed broker but not a power cut
 * @param serverProperties Kafka server properties that win over all others
 */
public record BrokerOptions(
        Path dataDirectory,
        String listenHost,
        int port,
        String advertisedHost,
        boolean flushBeforeAck,
        Map<String, String> serverProperties) {

    public BrokerOptions {
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("broker port must be 0 to 65535, got " + port);
        }
        serverProperties = Map.copyOf(serverProperties);
    }

    /** A broker on a free loopback port that keeps its state in this directory. */
    public static BrokerOptions in(Path dataDirectory) {
        return new BrokerOptions(dataDirectory, "127.0.0.1", 0, "127.0.0.1", false, Map.of());
    }

    /** The same on this port, 0 for a free one. */
    public BrokerOptions onPort(int newPort) {
        return new BrokerOptions(dataDirectory, listenHost, newPort, advertisedHost, flushBeforeAck, serverProperties);
    }

    /** The same, binding one address and telling clients another. */
    public BrokerOptions listeningOn(String newListenHost, String newAdvertisedHost) {
        return new BrokerOptions(
                dataDirectory, newListenHost, port, newAdvertisedHost, flushBeforeAck, serverProperties);
    }

    /** The same, with every record on the disk before its acknowledgement. */
    public BrokerOptions flushingBeforeAck() {
        return new BrokerOptions(dataDirectory, listenHost, port, advertisedHost, true, serverProperties);
    }

    /** The same, with these Kafka server properties, which win over all others. */
    public BrokerOptions with(Map<String, String> newServerProperties) {
        return new BrokerOptions(dataDirectory, listenHost, port, advertisedHost, flushBeforeAck, newServerProperties);
    }
}
