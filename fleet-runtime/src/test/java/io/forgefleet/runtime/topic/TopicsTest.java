package io.forgefleet.runtime.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsTest {

    /** Bounds as a broker has them that nobody has set up for a fleet. */
    private static final Map<String, String> BOUNDS_OF_A_COMMON_BROKER = Map.of(
            "group.share.heartbeat.interval.ms", "5000",
            "group.share.min.heartbeat.interval.ms", "5000",
            "group.share.max.delivery.count.limit", "10",
            "group.share.partition.max.record.locks", "2000",
            "group.share.max.partition.max.record.locks", "4000",
            "group.share.min.record.lock.duration.ms", "15000",
            "group.share.max.record.lock.duration.ms", "60000");

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = EmbeddedBroker.start(BrokerOptions.in(directory).with(BOUNDS_OF_A_COMMON_BROKER));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void createsEveryTopicAsItsReadersNeedIt() throws Exception {
        KafkaSettings settings = prefixed("create.");
        Topics.ensure(settings, new TopicLayout(3, 1, List.of()));

        try (Admin admin = Admin.create(settings.admin())) {
            for (Topic topic : Topic.values()) {
                assertThat(partitions(admin, settings, topic))
                        .as(topic.name())
                        .isEqualTo(topic == Topic.CLAIMS || topic.isWork() ? 1 : 3);
            }
            assertThat(topicConfig(admin, settings, Topic.CLAIMS))
                    .containsEntry("cleanup.policy", "delete")
                    .containsEntry("retention.ms", "86400000")
                    .containsEntry("message.timestamp.type", "LogAppendTime")
                    .containsEntry("min.insync.replicas", "1");
            assertThat(topicConfig(admin, settings, Topic.RUNS))
                    .containsEntry("cleanup.policy", "compact,delete")
                    .containsEntry("retention.ms", "2592000000")
                    .containsEntry("segment.ms", "600000")
                    .containsEntry("segment.bytes", "16777216");
            assertThat(topicConfig(admin, settings, Topic.IMAGES)).containsEntry("cleanup.policy", "compact");
            assertThat(topicConfig(admin, settings, Topic.DEAD_LETTER))
                    .containsEntry("retention.ms", "7776000000")
                    .containsEntry("max.message.bytes", "4194304");
        }
    }

    @Test
    void threeReplicasNeedTwoForAWrite() {
        assertThat(new TopicLayout(8, 3, List.of()).newTopic(Topic.RUNS, "x").configs())
                .containsEntry("min.insync.replicas", "2");
        assertThat(new TopicLayout(8, 2, List.of()).newTopic(Topic.RUNS, "x").configs())
                .containsEntry("min.insync.replicas", "1");
    }

    @Test
    void servicesThatStartAtOnceDoNotStandInEachOthersWay() throws Exception {
        KafkaSettings settings = prefixed("race.");
        Callable<Boolean> service = () -> {
            Topics.ensure(settings, TopicLayout.oneBroker().withShareGroups(group("build")));
            return true;
        };
        try (var services = Executors.newVirtualThreadPerTaskExecutor();
                Admin admin = Admin.create(settings.admin())) {
            List<Callable<Boolean>> six =
                    IntStream.range(0, 6).mapToObj(i -> service).toList();
            for (var each : services.invokeAll(six)) {
                assertThat(each.get()).isTrue();
            }
            assertThat(partitions(admin, settings, Topic.RUNS)).isEqualTo(8);
        }
    }

    @Test
    void whatAPersonChangedStaysChanged() throws Exception {
        KafkaSettings settings = prefixed("changed.");
        Topics.ensure(settings, TopicLayout.oneBroker());
        try (Admin admin = Admin.create(settings.admin())) {
            var topic = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic(Topic.LOGS));
            Collection<AlterConfigOp> longer =
                    List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "1209600000"), AlterConfigOp.OpType.SET));
            admin.incrementalAlterConfigs(Map.of(topic, longer)).all().get();

            Awaitility.await().untilAsserted(() -> assertThat(topicConfig(admin, settings, Topic.LOGS))
                    .containsEntry("retention.ms", "1209600000"));
            Topics.ensure(settings, new TopicLayout(4, 1, List.of()));
            assertThat(topicConfig(admin, settings, Topic.LOGS)).containsEntry("retention.ms", "1209600000");
            assertThat(partitions(admin, settings, Topic.LOGS)).isEqualTo(8);
        }
    }

    @Test
    void refusesClaimsThatHaveSeveralPartitions() throws Exception {
        KafkaSettings settings = prefixed("split.");
        try (Admin admin = Admin.create(settings.admin())) {
            admin.createTopics(List.of(new NewTopic(settings.topic(Topic.CLAIMS), 2, (short) 1)))
                    .all()
                    .get();
        }
        assertThatThrownBy(() -> Topics.ensure(settings, TopicLayout.oneBroker()))
                .isInstanceOf(TopicsException.class)
                .hasMessageContaining("split.fleet.claims has 2 partitions")
                .hasMessageContaining("delete the topic");
    }

    @Test
    void aGroupGetsWhatWasPublishedBeforeItsFirstWorkerCame() throws Exception {
        KafkaSettings settings = prefixed("early.");
        Topics.ensure(settings, TopicLayout.oneBroker().withShareGroups(group("build")));
        try (var producer = new KafkaProducer<String, byte[]>(settings.producer())) {
            producer.send(new ProducerRecord<>(settings.topic(Topic.JOBS), "team/app", new byte[] {7}))
                    .get();
        }
        try (var consumer = new KafkaShareConsumer<String, byte[]>(settings.shareConsumer("build"))) {
            consumer.subscribe(List.of(settings.topic(Topic.JOBS)));
            List<ConsumerRecord<String, byte[]>> taken = new ArrayList<>();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(taken::add);
                return !taken.isEmpty();
            });
            assertThat(taken.getFirst().key()).isEqualTo("team/app");
            assertThat(taken.getFirst().value()).containsExactly(7);
        }
    }

    @Test
    void aBrokerThatRefusesAShortHeartbeatStillGetsTheRest() throws Exception {
        KafkaSettings settings = prefixed("bounds.");
        Topics.ensure(settings, TopicLayout.oneBroker().withShareGroups(group("build")));
        try (Admin admin = Admin.create(settings.admin())) {
            assertThat(config(admin, new ConfigResource(ConfigResource.Type.GROUP, "bounds.build")))
                    .containsEntry("share.auto.offset.reset", "earliest")
                    .containsEntry("share.record.lock.duration.ms", "30000")
                    .containsEntry("share.delivery.count.limit", "10")
                    .containsEntry("share.heartbeat.interval.ms", "5000");
        }
    }

    @Test
    void aLockThatTheBrokerDoesNotAllowIsAnError() {
        ShareGroup tooShort = ShareGroup.of("build", Duration.ofSeconds(1));
        assertThatThrownBy(() ->
                        Topics.ensure(prefixed("lock."), TopicLayout.oneBroker().withShareGroups(tooShort)))
                .isInstanceOf(TopicsException.class)
                .hasMessageContaining("share.record.lock.duration.ms")
                .hasMessageContaining("group.share.* bounds");
    }

    @Test
    void saysThatThereAreTooFewBrokers() {
        assertThatThrownBy(() ->
                        Topics.ensure(prefixed("three."), new TopicLayout(1, 3, List.of()), Duration.ofSeconds(1)))
                .isInstanceOf(TopicsException.class)
                .hasMessageContaining("kafka.replication");
    }

    @Test
    void givesUpInTimeWhereNobodyListens() {
        assertThatThrownBy(() ->
                        Topics.ensure(KafkaSettings.of("127.0.0.1:1"), TopicLayout.oneBroker(), Duration.ofSeconds(1)))
                .isInstanceOf(TopicsException.class)
                .hasMessageContaining("not ready in time at 127.0.0.1:1");
    }

    @Test
    void aSendFailsWithinThreeSecondsWhereNobodyListens() {
        long start = System.nanoTime();
        try (var producer = new KafkaProducer<String, byte[]>(
                KafkaSettings.of("127.0.0.1:1").producer())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("forge.push", new byte[0]))
                            .get())
                    .hasMessageContaining("forge.push");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            producer.close(Duration.ZERO);
        }
    }

    @Test
    void consumersOfEachKindAreBuiltFromTheirSettings() throws Exception {
        KafkaSettings settings = prefixed("early.");
        Topics.ensure(settings, TopicLayout.oneBroker());
        try (var reader = new KafkaConsumer<String, byte[]>(settings.consumer());
                var member = new KafkaConsumer<String, byte[]>(settings.consumer("statuses"))) {
            reader.assign(List.of(new TopicPartition(settings.topic(Topic.CLAIMS), 0)));
            assertThat(reader.poll(Duration.ZERO)).isEmpty();
            assertThat(member.groupMetadata().groupId()).isEqualTo("early.statuses");
        }
    }

    private static KafkaSettings prefixed(String prefix) {
        return new KafkaSettings(broker.bootstrap(), Map.of(), prefix);
    }

    private static ShareGroup group(String name) {
        return ShareGroup.of(name, Duration.ofSeconds(30));
    }

    private static int partitions(Admin admin, KafkaSettings settings, Topic topic) throws Exception {
        String name = settings.topic(topic);
        var described = admin.describeTopics(List.of(name)).allTopicNames().get();
        return described.values().iterator().next().partitions().size();
    }

    private static Map<String, String> topicConfig(Admin admin, KafkaSettings settings, Topic topic) throws Exception {
        return config(admin, new ConfigResource(ConfigResource.Type.TOPIC, settings.topic(topic)));
    }

    private static Map<String, String> config(Admin admin, ConfigResource resource) throws Exception {
        var described = admin.describeConfigs(List.of(resource)).all().get();
        return described.values().iterator().next().entries().stream()
                .filter(entry -> entry.value() != null)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }
}
