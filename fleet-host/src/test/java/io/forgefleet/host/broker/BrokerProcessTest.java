package io.forgefleet.host.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessTest {

    private static final TopicPartition PARTITION = new TopicPartition("kept", 0);

    @Test
    void keepsAcknowledgedRecordsOverKillNine(@TempDir Path directory) throws Exception {
        BrokerOptions options;
        try (BrokerProcess broker =
                BrokerProcess.start(BrokerOptions.in(directory.resolve("data")), directory.resolve("kafka.log"))) {
            options = broker.options();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                        .all()
                        .get();
            }
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("kept", "this")).get();
            }
            broker.kill();
            assertThat(ProcessHandle.of(broker.pid())).isEmpty();
        }
        try (BrokerProcess again = BrokerProcess.start(options, directory.resolve("kafka.log"));
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", again.bootstrap()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            assertThat(consumer.poll(Duration.ofSeconds(10)))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo("this"));
        }
    }

    @Test
    void readsTheEnvironmentOfTheOfficialImage() {
        Map<String, String> properties = BrokerMain.properties(Map.of(
                "KAFKA_LISTENERS", "PLAINTEXT://0.0.0.0:9092",
                "KAFKA_LOG_DIRS", "/data",
                "KAFKA_A__B_C___D", "x",
                "KAFKA_HEAP_OPTS", "-Xmx1g",
                "PATH", "/bin"));
        assertThat(properties)
                .containsEntry("log.dirs", "/data")
                .containsEntry("a_b.c-d", "x")
                .containsEntry("offsets.topic.replication.factor", "1")
                .doesNotContainKeys("heap.opts", "path")
                .hasEntrySatisfying("listeners", listeners -> assertThat(listeners)
                        .matches("PLAINTEXT://0\\.0\\.0\\.0:9092,CONTROLLER://127\\.0\\.0\\.1:\\d+"));
        assertThat(BrokerMain.properties(Map.of(
                        "KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093",
                        "KAFKA_CONTROLLER_QUORUM_VOTERS", "1@kafka:9093")))
                .containsEntry("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093")
                .containsEntry("controller.quorum.voters", "1@kafka:9093");
    }
}
