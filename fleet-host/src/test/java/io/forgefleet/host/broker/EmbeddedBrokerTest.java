package io.forgefleet.host.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

    private static final int LOCK_MS = 1_000;

    private final Path directory;

    EmbeddedBrokerTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void sharesRecordsKeepsThemOverARestartAndGuardsItsDirectory() throws Exception {
        String bootstrap;
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory))) {
            bootstrap = broker.bootstrap();
            assertThatThrownBy(() -> EmbeddedBroker.start(BrokerOptions.in(directory)))
                    .hasMessageContaining("belongs to a broker that is running")
                    .hasMessageContaining(directory.toString());
            createTopicAndGroup(bootstrap);
            publish(bootstrap, "held", "waits");
            renewsTheLockOfTheRecordItHolds(bootstrap);
            publish(bootstrap, "after");
        }
        int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
        try (EmbeddedBroker again =
                EmbeddedBroker.start(BrokerOptions.in(directory).onPort(port).flushingBeforeAck())) {
            assertThat(again.bootstrap()).isEqualTo(bootstrap);
            try (KafkaShareConsumer<String, String> consumer = consumer(bootstrap)) {
                assertThat(List.of(take(consumer), take(consumer))).containsExactly("waits", "after");
            }
            unknownTopicIsNotMade(bootstrap);
        }
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() ->
                            EmbeddedBroker.start(BrokerOptions.in(directory).onPort(taken.getLocalPort())))
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("taken");
        }
    }

    private static void createTopicAndGroup(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(new NewTopic("work", 1, (short) 1)))
                    .all()
                    .get();
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "workers");
            admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(
                                    set("share.auto.offset.reset", "earliest"),
                                    set("share.record.lock.duration.ms", String.valueOf(LOCK_MS)),
                                    set("share.delivery.count.limit", "10"),
                                    set("share.partition.max.record.locks", "10000"),
                                    set("share.heartbeat.interval.ms", "200"),
                                    set("share.session.timeout.ms", "1000"))))
                    .all()
                    .get();
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static void publish(String bootstrap, String... values) throws Exception {
        try (KafkaProducer<String, String> producer = producer(bootstrap)) {
            for (String value : values) {
                producer.send(new ProducerRecord<>("work", value)).get();
            }
        }
    }

    private static void unknownTopicIsNotMade(String bootstrap) {
        try (Admin admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("never-made"))
                            .allTopicNames()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private static void renewsTheLockOfTheRecordItHolds(String bootstrap) throws InterruptedException {
        try (KafkaShareConsumer<String, String> holder = consumer(bootstrap);
                KafkaShareConsumer<String, String> other = consumer(bootstrap)) {
            ConsumerRecord<String, String> held = poll(holder);
            assertThat(held.value()).isEqualTo("held");
            ConsumerRecord<String, String> second = poll(other);
            other.acknowledge(second, AcknowledgeType.RELEASE);
            assertThat(other.commitSync().values())
                    .allSatisfy(error -> assertThat(error).isEmpty());
            for (int i = 0; i < 6; i++) { // twice the lock's time
                Thread.sleep(LOCK_MS / 3);
                holder.acknowledge(held, AcknowledgeType.RENEW);
                assertThat(holder.commitSync().values())
                        .allSatisfy(error -> assertThat(error).isEmpty());
                for (ConsumerRecord<String, String> same : holder.poll(Duration.ZERO)) {
                    held = same;
                }
            }
            assertThat(held.deliveryCount()).contains((short) 1);
            holder.acknowledge(held, AcknowledgeType.ACCEPT);
            assertThat(holder.commitSync().values())
                    .allSatisfy(error -> assertThat(error).isEmpty());
        }
    }

    private static String take(KafkaShareConsumer<String, String> consumer) {
        ConsumerRecord<String, String> taken = poll(consumer);
        consumer.acknowledge(taken, AcknowledgeType.ACCEPT);
        consumer.commitSync();
        return taken.value();
    }

    private static ConsumerRecord<String, String> poll(KafkaShareConsumer<String, String> consumer) {
        return IntStream.range(0, 100)
                .mapToObj(i -> consumer.poll(Duration.ofMillis(200)))
                .filter(records -> !records.isEmpty())
                .map(records -> records.iterator().next())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no record within 20 s"));
    }

    private static KafkaProducer<String, String> producer(String bootstrap) {
        return new KafkaProducer<>(
                Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap, "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaShareConsumer<String, String> consumer(String bootstrap) {
        KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
                Map.of(
                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        "group.id",
                        "workers",
                        "share.acknowledgement.mode",
                        "explicit",
                        "share.acquire.mode",
                        "record_limit",
                        "max.poll.records",
                        "1"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of("work"));
        return consumer;
    }
}
