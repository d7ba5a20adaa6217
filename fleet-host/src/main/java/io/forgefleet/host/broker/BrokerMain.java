package io.forgefleet.host.broker;

import io.forgefleet.host.process.FreePort;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The broker as a process of its own, configured as the official Kafka image is: {@code KAFKA_LOG_DIRS} sets
 * {@code log.dirs}, two underscores stand for one, three for a dash; {@code CLUSTER_ID} names the cluster.
 *
 * <p>A listener for the controller is added on a free loopback port where {@code KAFKA_LISTENERS} has none. Prints one
 * line, {@code kafka ready HOST:PORT}, when it takes records, and stops in order at SIGTERM.
 */
public final class BrokerMain {

    static final String READY = "kafka ready";

    /** Variables of the official image that are for its scripts, not for the server. */
    private static final Set<String> NOT_PROPERTIES = Set.of(
            "KAFKA_VERSION",
            "KAFKA_HEAP_OPTS",
            "KAFKA_OPTS",
            "KAFKA_JMX_OPTS",
            "KAFKA_GC_LOG_OPTS",
            "KAFKA_JVM_PERFORMANCE_OPTS",
            "KAFKA_LOG4J_OPTS",
            "KAFKA_LOG4J_ROOT_LOGLEVEL",
            "KAFKA_LOG4J_LOGGERS",
            "KAFKA_TOOLS_LOG4J_LOGLEVEL",
            "KAFKA_HOME");

    private BrokerMain() {}

    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        Map<String, String> properties = properties(environment);
        EmbeddedBroker broker = EmbeddedBroker.start(properties, address(properties), environment.get("CLUSTER_ID"));
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-kafka"));
        System.out.println(READY + " " + broker.bootstrap());
        System.out.flush();
        broker.awaitStop();
    }

    /** The server properties that this environment asks for, over those of a single node. */
    static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> asked = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("KAFKA_") && !NOT_PROPERTIES.contains(name)) {
                asked.put(propertyName(name), value);
            }
        });
        Map<String, String> properties = BrokerProperties.singleNode();
        properties.put("listeners", "PLAINTEXT://:9092");
        properties.put("log.dirs", "/tmp/kafka-logs");
        properties.putAll(asked);
        String controller = properties.get("controller.listener.names");
        if (!properties.get("listeners").contains(controller + "://")) {
            int port = FreePort.find();
            properties.put("listeners", properties.get("listeners") + "," + BrokerProperties.controllerListener(port));
            properties.put("controller.quorum.voters", properties.get("node.id") + "@127.0.0.1:" + port);
        }
        return properties;
    }

    private static String propertyName(String variable) {
        return variable.substring("KAFKA_".length())
                .toLowerCase(Locale.ROOT)
                .replace("___", "-")
                .replace("__", "\0")
                .replace('_', '.')
                .replace('\0', '_');
    }

    private static String address(Map<String, String> properties) {
        @Nullable String advertised = properties.get("advertised.listeners");
        String first = (advertised == null ? properties.getOrDefault("listeners", "") : advertised).split(",", 2)[0];
        return first.substring(first.indexOf("://") + 3);
    }
}
