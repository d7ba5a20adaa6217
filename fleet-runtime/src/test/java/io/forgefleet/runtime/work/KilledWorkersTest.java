package io.forgefleet.runtime.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.RetryableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a run when those who work on it are killed: it comes to an end that somebody can see. */
@NullUnmarked
class KilledWorkersTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static EmbeddedBroker broker;
    private TestFleet fleet;

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        broker = EmbeddedBroker.start(BrokerOptions.in(directory));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startFleet() throws Exception {
        fleet = new TestFleet(broker.bootstrap(), UUID.randomUUID() + ".");
    }

    @AfterEach
    void stopFleet() throws Exception {
        fleet.close();
    }

    @Test
    void theDeliveriesThatDyingProcessesUseUpLoseNoRecord(@TempDir Path folder) throws Exception {
        // on a broker that allows no more than by default; each death of six slots uses up four of them or so
        allowDeliveries(10);
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        for (String name : List.of("first", "second")) {
            try (ManagedProcess process = TrialProcess.start(fleet, name, folder)) {
                await().atMost(SOON).until(() -> isHeldBy(name) && asking(name) >= TrialProcess.SLOTS);
                process.kill();
            }
        }
        fleet.start(1, run -> Outcome.of(Reason.SUCCEEDED, "attempt " + run.attempt()));
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome().message()).isEqualTo("attempt 3");
        List<ConsumerRecord<String, byte[]>> jobs = new CopyOnWriteArrayList<>();
        try (TopicReader reader = new TopicReader(fleet.kafka.consumer(), fleet.kafka.topic(Topic.JOBS), jobs::add)) {
            reader.catchUp(SOON);
        }
        assertThat(jobs)
                .as("a record in place of the one that is worn")
                .anyMatch(job -> job.headers().lastHeader("fleet_deliveries") != null);
    }

    private boolean isHeldBy(String worker) {
        return fleet.history.stream()
                .anyMatch(
                        state -> state.worker().equals(worker) && !state.steps().isEmpty());
    }

    /** How many slots of a process the broker takes for ready to be handed something. */
    private long asking(String client) throws Exception {
        String group = fleet.kafka.group(TestFleet.GROUP.name());
        try (Admin admin = Admin.create(fleet.kafka.admin())) {
            return admin.describeShareGroups(List.of(group)).all().get().get(group).members().stream()
                    .filter(member -> member.clientId().startsWith(client))
                    .filter(member -> member.assignment().topicPartitions().stream()
                            .anyMatch(each -> each.topic().equals(fleet.kafka.topic(Topic.PUSH))))
                    .count();
        }
    }

    @Test
    void aRunWhoseRecordIsGoneGoesOnByWhatItsWorkerLeft() throws Exception {
        PushEvent event = TestFleet.push(1);
        left(event, 1, 0);
        fleet.start(1, run -> Outcome.of(Reason.SUCCEEDED, "attempt " + run.attempt()));
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome().message()).isEqualTo("attempt 2");
    }

    @Test
    void aRunThatKillsAllItsWorkersEndsWithADeadLetter() throws Exception {
        List<ConsumerRecord<String, byte[]>> letters = new CopyOnWriteArrayList<>();
        try (TopicReader reader =
                new TopicReader(fleet.kafka.consumer(), fleet.kafka.topic(Topic.DEAD_LETTER), letters::add)) {
            PushEvent event = TestFleet.push(1);
            left(event, TestFleet.GROUP.deliveryLimit(), 0);
            AtomicInteger started = new AtomicInteger();
            fleet.start(1, run -> {
                started.incrementAndGet();
                return Outcome.of(Reason.SUCCEEDED, "never");
            });
            fleet.publish(event);
            await().atMost(SOON).until(() -> fleet.ended(event) != null);
            reader.catchUp(SOON);
            assertThat(started).hasValue(0);
            assertThat(fleet.ended(event).outcome().reason()).isEqualTo(Reason.FAILED);
            assertThat(new String(
                            letters.getFirst().headers().lastHeader("dl_cause").value(), StandardCharsets.UTF_8))
                    .contains("begun 4 times", "its workers died");
        }
    }

    @Test
    void whoComesOnHasAllItsAttemptsAgain() throws Exception {
        PushEvent event = TestFleet.push(1);
        left(event, TestFleet.GROUP.deliveryLimit() - 1, 1);
        AtomicInteger tries = new AtomicInteger();
        fleet.start(1, run -> {
            run.reached(2);
            if (tries.incrementAndGet() < TestFleet.TIMING.attempts()) {
                throw new RetryableException("not yet", null);
            }
            return Outcome.of(Reason.SUCCEEDED, "came on");
        });
        fleet.publish(event);
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome().message()).isEqualTo("came on");
        assertThat(fleet.ended(event).reached()).isEqualTo(2);
    }

    /** What a worker leaves that died in some attempt of a run. */
    private void left(PushEvent event, int attempt, int reached) throws InterruptedException {
        RunId run = TestFleet.run(event);
        RunSubject subject = new RunSubject(
                TestFleet.KIND, event.id(), event.repository(), "trial", null, "refs/heads/main", null, false);
        Instant now = Instant.now();
        Job resume = new Job(UUID.randomUUID().toString(), TestFleet.KIND, event, Job.Cause.RESUMED, false, run, now);
        RunState state = new RunState(
                run,
                -1,
                0,
                subject,
                RunState.Phase.RUNNING,
                attempt,
                reached,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                resume,
                now,
                now,
                "dead");
        fleet.publisher.publishDurably(Topic.RUNS, run.value(), run + "@-1", Json.write(state));
    }

    private void allowDeliveries(int most) throws Exception {
        try (Admin admin = Admin.create(fleet.kafka.admin())) {
            ConfigResource group =
                    new ConfigResource(ConfigResource.Type.GROUP, fleet.kafka.group(TestFleet.GROUP.name()));
            ConfigEntry entry = new ConfigEntry("share.delivery.count.limit", Integer.toString(most));
            admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }
}
