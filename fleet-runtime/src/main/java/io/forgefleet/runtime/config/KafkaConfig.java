package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.TopicLayout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How Kafka is reached, or run.
 *
 * @param bootstrap {@code host:port}, several separated by commas; null where the fleet runs a broker of its own
 * @param properties further client properties such as {@code security.protocol}; any may hold a secret
 * @param topicPrefix before the name of every topic and group; empty for none
 * @param partitions of each topic that is created
 * @param replication replicas of each topic that is created: 3 by default, 1 for a broker of its own
 * @param embedded how the fleet's own broker runs
 */
public record KafkaConfig(
        @Nullable String bootstrap,
        Map<String, Secret> properties,
        String topicPrefix,
        int partitions,
        int replication,
        Embedded embedded) {

    /**
     * The broker that the fleet runs where it is not told of another.
     *
     * @param port on loopback; 0 for a free one
     * @param flushBeforeAck whether a record is on the disk before it is acknowledged, so that it survives a power cut too
     */
    public record Embedded(int port, boolean flushBeforeAck) {

        static Embedded read(Section section) {
            return new Embedded(section.number("port", 0, 0, 65_535), section.flag("flushBeforeAck", false));
        }
    }

    private static final Pattern BOOTSTRAP = Pattern.compile("[^\\s,/]+:[0-9]{1,5}(\\s*,\\s*[^\\s,/]+:[0-9]{1,5})*");
    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,100}");

    public KafkaConfig {
        properties = Map.copyOf(properties);
    }

    static KafkaConfig read(Section section) {
        String bootstrap = section.optional(
                        "bootstrap", "host:port, several separated by commas,", text -> Forms.matching(BOOTSTRAP, text))
                .orElse(null);
        return new KafkaConfig(
                bootstrap,
                Secret.readMap(section, "properties", KafkaConfig::mayBePlain),
                section.parsed(
                        "topicPrefix",
                        "up to 100 letters, digits, '.', '_' or '-'",
                        text -> Forms.matching(PREFIX, text),
                        ""),
                section.number("partitions", TopicLayout.DEFAULT_PARTITIONS, 1, 1000),
                section.number("replication", bootstrap == null ? 1 : 3, 1, 10),
                section.mapping("embedded", Embedded::read));
    }

    private static boolean mayBePlain(String property) {
        String name = property.toLowerCase(Locale.ROOT);
        return Stream.of("password", "jaas", "secret", "token", "credential", "keystore.key")
                .noneMatch(name::contains);
    }

    /** Whether the fleet is to run the broker itself. */
    public boolean isEmbedded() {
        return bootstrap == null;
    }

    /**
     * How clients reach Kafka.
     *
     * @throws IllegalStateException when the broker is embedded: only who started it knows its address, and makes it known
     *     by {@link FleetConfig#withBroker}
     */
    public KafkaSettings settings() {
        if (bootstrap == null) {
            throw new IllegalStateException("kafka.bootstrap is not set: either set it or start the embedded broker");
        }
        Map<String, String> plain = new TreeMap<>();
        properties.forEach((name, value) -> plain.put(name, value.value()));
        return new KafkaSettings(bootstrap, plain, topicPrefix);
    }

    public TopicLayout layout(ShareGroup... groups) {
        return new TopicLayout(partitions, replication, List.of(groups));
    }
}
