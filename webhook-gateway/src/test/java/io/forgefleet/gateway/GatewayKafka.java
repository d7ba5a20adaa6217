package io.forgefleet.gateway;

import io.forgefleet.events.wire.Json;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A real broker for all tests of this process, started when first needed; each caller has topics of its own. */
public final class GatewayKafka {

    private static final AtomicInteger TENANTS = new AtomicInteger();
    private static @Nullable EmbeddedBroker broker;

    private GatewayKafka() {}

    /** Topics that nobody else uses. */
    public static KafkaSettings tenant() throws Exception {
        KafkaSettings kafka = new KafkaSettings(bootstrap(), Map.of(), "t" + TENANTS.incrementAndGet() + ".");
        Topics.ensure(kafka, new TopicLayout(3, 1, List.of()));
        return kafka;
    }

    private static synchronized String bootstrap() throws IOException {
        if (broker == null) {
            Path directory = Files.createTempDirectory("gateway-kafka");
            EmbeddedBroker started = EmbeddedBroker.start(BrokerOptions.in(directory));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                started.close();
                delete(directory);
            }));
            broker = started;
        }
        return broker.bootstrap();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(RecordPublisher publisher, Topic topic, String partitionKey, String key, Object value)
            throws InterruptedException {
        publisher.publishDurably(topic, partitionKey, key, Json.write(value));
    }

    /** All records of a topic. */
    public static List<ConsumerRecord<String, byte[]>> records(KafkaSettings kafka, Topic topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(kafka.consumer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(topic)).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
            return found;
        }
    }
}
