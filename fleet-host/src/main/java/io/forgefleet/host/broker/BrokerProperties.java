package io.forgefleet.host.broker;

import java.util.Map;
import java.util.TreeMap;

/** The Kafka server properties of a single node that shares its machine with others. */
final class BrokerProperties {

    static final String CLIENT_LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private BrokerProperties() {}

    /** What holds for every single node, whoever starts it. */
    static Map<String, String> singleNode() {
        Map<String, String> properties = new TreeMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.put("auto.create.topics.enable", "false");
        quickRestart(properties);
        oneReplica(properties);
        small(properties);
        groups(properties);
        return properties;
    }

    static Map<String, String> of(BrokerOptions options, int port, int controllerPort) {
        Map<String, String> properties = singleNode();
        properties.put("log.dirs", options.dataDirectory().toAbsolutePath().toString());
        properties.put(
                "listeners",
                CLIENT_LISTENER + "://" + options.listenHost() + ":" + port + "," + controllerListener(controllerPort));
        properties.put("advertised.listeners", CLIENT_LISTENER + "://" + options.advertisedHost() + ":" + port);
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        if (options.flushBeforeAck()) {
            properties.put("log.flush.interval.messages", "1");
        }
        properties.putAll(options.serverProperties());
        return properties;
    }

    static String controllerListener(int controllerPort) {
        return CONTROLLER_LISTENER + "://127.0.0.1:" + controllerPort;
    }

    /**
     * After kill -9 the controller lets the broker back in only when the session of its former life is over. A slow disk
     * does not end a session, since no idle records keep the metadata log busy.
     */
    private static void quickRestart(Map<String, String> properties) {
        properties.put("broker.session.timeout.ms", "6000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("metadata.max.idle.interval.ms", "0");
    }

    private static void oneReplica(Map<String, String> properties) {
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "2");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "4");
    }

    private static void small(Map<String, String> properties) {
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.put("num.replica.fetchers", "1");
        properties.put("group.coordinator.threads", "1");
        properties.put("group.coordinator.background.threads", "1");
        properties.put("remote.log.reader.threads", "1");
        properties.put("log.segment.bytes", "67108864");
        properties.put("log.index.size.max.bytes", "1048576");
        properties.put("offsets.topic.segment.bytes", "16777216");
        properties.put("share.coordinator.state.topic.segment.bytes", "16777216");
        properties.put("transaction.state.log.segment.bytes", "16777216");
        properties.put("metadata.log.segment.bytes", "16777216");
        properties.put("log.cleaner.dedupe.buffer.size", "4194304");
    }

    /** Groups begin at once, and each may set a lock, heartbeat and session as short as a test wants them. */
    private static void groups(Map<String, String> properties) {
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.min.session.timeout.ms", "1000");
        for (String kind : new String[] {"consumer", "share"}) {
            properties.put("group." + kind + ".assignment.interval.ms", "0");
            properties.put("group." + kind + ".heartbeat.interval.ms", "1000");
            properties.put("group." + kind + ".min.heartbeat.interval.ms", "100");
            properties.put("group." + kind + ".min.session.timeout.ms", "1000");
        }
        properties.put("group.share.initialize.retry.interval.ms", "1000");
        properties.put("group.share.min.record.lock.duration.ms", "1000");
        properties.put("group.share.max.record.lock.duration.ms", "3600000");
        properties.put("group.share.partition.max.record.locks", "10000");
        properties.put("group.share.max.partition.max.record.locks", "10000");
        properties.put("group.share.max.delivery.count.limit", "25");
        properties.put("group.share.max.size", "1000");
    }
}
