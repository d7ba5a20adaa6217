package io.forgefleet.runtime.topic;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * How to reach Kafka, and the properties of each kind of client. Keys are text, values bytes: what a value means is
 * decoded by its handler, since a deserializer that throws would be asked again for ever.
 *
 * <p>{@code extra} may change the timings below, but not what the fleet's guarantees stand on (acknowledgement,
 * idempotence, explicit commits).
 *
 * @param bootstrap {@code host:port}, several separated by commas
 * @param extra further client properties such as {@code security.protocol}; may hold secrets, so only their names are printed
 * @param topicPrefix put before the name of every topic and group, e.g. {@code acme.}; empty for none
 */
public record KafkaSettings(String bootstrap, Map<String, String> extra, String topicPrefix) {

    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

    /** The gateway answers within 3 s whatever Kafka does: 0.5 s for metadata, then 2.5 s for the delivery. */
    private static final Map<String, Object> PRODUCER = Map.ofEntries(
            entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 500),
            entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 750),
            entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2500),
            entry(ProducerConfig.LINGER_MS_CONFIG, 1),
            entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.LARGEST_RECORD),
            entry(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 1000),
            entry(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 2000));

    private static final Map<String, Object> READER = Map.of(
            CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5000,
            CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 1000,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 5000);

    public KafkaSettings {
        extra = Map.copyOf(extra);
        if (bootstrap.isBlank()) {
            throw new IllegalArgumentException("the bootstrap address of Kafka is empty, host:port was expected");
        }
        if (!PREFIX.matcher(topicPrefix).matches()) {
            throw new IllegalArgumentException(
                    "a topic prefix is letters, digits, '.', '_' and '-', got: " + topicPrefix);
        }
    }

    /** A broker without further properties or prefix. */
    public static KafkaSettings of(String bootstrap) {
        return new KafkaSettings(bootstrap, Map.of(), "");
    }

    /** Name of a topic at the broker. */
    public String topic(Topic topic) {
        return topic.kafkaName(topicPrefix);
    }

    /** Name of a consumer or share group at the broker. */
    public String group(String name) {
        return topicPrefix + name;
    }

    /** A producer whose sends are durable when they succeed, and fail within 3 s when they do not. */
    public Map<String, Object> producer() {
        Map<String, Object> properties = properties(PRODUCER);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return properties;
    }

    /** A consumer without a group: it is assigned its partitions by hand and commits nothing. */
    public Map<String, Object> consumer() {
        Map<String, Object> properties = reader();
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return properties;
    }

    /** A consumer of a group, which begins at the earliest record and commits by hand. */
    public Map<String, Object> consumer(String group) {
        Map<String, Object> properties = consumer();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(group));
        return properties;
    }

    /**
     * The consumer of one slot: one record at a time, acknowledged explicitly. Everything else of a share group is set at
     * the broker, by {@link Topics#ensure}.
     */
    public Map<String, Object> shareConsumer(String group) {
        Map<String, Object> properties = reader();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group(group));
        properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        return properties;
    }

    public Map<String, Object> admin() {
        return properties(READER);
    }

    private Map<String, Object> reader() {
        Map<String, Object> properties = properties(READER);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        // a reader that creates a topic would create it with the broker's defaults
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    private Map<String, Object> properties(Map<String, Object> timings) {
        Map<String, Object> properties = new HashMap<>(timings);
        properties.putAll(extra);
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return properties;
    }

    @Override
    public String toString() {
        return "Kafka at " + bootstrap + ", prefix '" + topicPrefix + "', further properties " + extra.keySet();
    }
}
