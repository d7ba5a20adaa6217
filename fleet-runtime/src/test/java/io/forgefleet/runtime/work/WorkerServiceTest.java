package io.forgefleet.runtime.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class WorkerServiceTest {

    private static final Duration SOON = Duration.ofSeconds(20);
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
    void runsEachEventOnceAndTellsItsOutcome() throws Exception {
        AtomicInteger started = new AtomicInteger();
        fleet.start(2, run -> {
            started.incrementAndGet();
            run.begin("think");
            run.ensureHeld();
            return Outcome.of(Reason.SUCCEEDED, "done " + run.event().id());
        });
        List<PushEvent> events =
                IntStream.range(0, 20).mapToObj(TestFleet::push).toList();
        for (PushEvent event : events) {
            fleet.publish(event);
        }
        await().atMost(SOON).until(() -> events.stream().allMatch(event -> fleet.ended(event) != null));
        assertThat(started).hasValue(20);
        RunState state = fleet.ended(events.getFirst());
        assertThat(state.outcome().message())
                .isEqualTo("done " + events.getFirst().id());
        assertThat(state.steps()).extracting("name").containsExactly("think");
    }

    @Test
    void runsOneOfFiftyEqualRecordsThatManyWorkersTakeAtOnce() throws Exception {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch letGo = new CountDownLatch(1);
        Worker worker = run -> {
            started.incrementAndGet();
            letGo.await();
            return Outcome.of(Reason.SUCCEEDED, "once");
        };
        fleet.start(3, worker);
        fleet.start(3, worker);
        PushEvent event = TestFleet.push(1);
        for (int i = 0; i < 50; i++) {
            fleet.publish(event);
        }
        PushEvent other = TestFleet.push(2);
        fleet.publish(other);
        await().atMost(SOON).until(() -> started.get() == 2);
        letGo.countDown();
        await().atMost(SOON).until(() -> fleet.ended(event) != null && fleet.ended(other) != null);
        PushEvent last = TestFleet.push(1);
        fleet.publish(last);
        await().atMost(SOON).until(() -> fleet.ended(last) != null);
        assertThat(started).as("the fifty as one, and two others").hasValue(3);
    }

    @Test
    void leavesNothingBehindABusySlotWhileAnotherIsIdle() throws Exception {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch letGo = new CountDownLatch(1);
        Worker worker = run -> {
            if (started.incrementAndGet() == 1) {
                letGo.await();
            }
            return Outcome.of(Reason.SUCCEEDED, "done");
        };
        fleet.start(1, worker);
        fleet.start(1, worker);
        PushEvent slow = TestFleet.push(0);
        fleet.publish(slow);
        await().atMost(SOON).until(() -> started.get() == 1);
        List<PushEvent> quick = IntStream.range(1, 30).mapToObj(TestFleet::push).toList();
        for (PushEvent event : quick) {
            fleet.publish(event);
        }
        await().atMost(SOON).until(() -> quick.stream().allMatch(event -> fleet.ended(event) != null));
        assertThat(fleet.ended(slow)).isNull();
        letGo.countDown();
        await().atMost(SOON).until(() -> fleet.ended(slow) != null);
    }

    @Test
    void deliversAJobLongerThanThreeLockTimesOnce() throws Exception {
        AtomicInteger started = new AtomicInteger();
        fleet.start(2, run -> {
            started.incrementAndGet();
            Thread.sleep(TestFleet.GROUP.lockDuration().multipliedBy(3).plusMillis(500));
            run.ensureHeld();
            return Outcome.of(Reason.SUCCEEDED, "at last");
        });
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(started).hasValue(1);
        assertThat(fleet.ended(event).attempt()).isEqualTo(1);
    }

    @Test
    void triesWhatMayPassAgainAndGivesUpWithADeadLetterThatNamesTheCause() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        List<ConsumerRecord<String, byte[]>> letters = new CopyOnWriteArrayList<>();
        try (TopicReader reader =
                new TopicReader(fleet.kafka.consumer(), fleet.kafka.topic(Topic.DEAD_LETTER), letters::add)) {
            fleet.start(1, run -> {
                tries.incrementAndGet();
                throw new RetryableException("the registry answered 503", null);
            });
            PushEvent event = TestFleet.push(1);
            fleet.publish(event);
            await().atMost(SOON).until(() -> fleet.ended(event) != null);
            reader.catchUp(SOON);
            assertThat(tries).hasValue(3);
            assertThat(fleet.ended(event).outcome().reason()).isEqualTo(Reason.FAILED);
            assertThat(header(letters.getFirst(), "dl_cause"))
                    .contains("3 attempts")
                    .contains("answered 503");
        }
    }

    @Test
    void deadLettersAPoisonRecordAndGoesOnWithItsNeighbours() throws Exception {
        List<ConsumerRecord<String, byte[]>> letters = new CopyOnWriteArrayList<>();
        try (TopicReader reader =
                new TopicReader(fleet.kafka.consumer(), fleet.kafka.topic(Topic.DEAD_LETTER), letters::add)) {
            fleet.start(1, run -> Outcome.of(Reason.SUCCEEDED, "fine"));
            PushEvent before = TestFleet.push(1);
            PushEvent after = TestFleet.push(2);
            fleet.publish(before);
            fleet.publishRaw("{\"no\": \"event\"}".getBytes(StandardCharsets.UTF_8));
            fleet.publish(after);
            await().atMost(SOON).until(() -> fleet.ended(before) != null && fleet.ended(after) != null);
            reader.catchUp(SOON);
            await().atMost(SOON).until(() -> !letters.isEmpty());
            assertThat(letters).hasSize(1);
            assertThat(header(letters.getFirst(), "dl_cause")).contains("not a CloudEvent");
            assertThat(new String(letters.getFirst().value(), StandardCharsets.UTF_8))
                    .contains("no");
        }
    }

    @Test
    void handsARunOnWhenItsWorkerDrains() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        WorkerService first = fleet.start(1, run -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
            return Outcome.of(Reason.SUCCEEDED, "never");
        });
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        first.stop(Duration.ofMillis(100));
        assertThat(interrupted).isTrue();
        fleet.start(1, run -> Outcome.of(Reason.SUCCEEDED, "second"));
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome().message()).isEqualTo("second");
        assertThat(fleet.history)
                .filteredOn(state -> state.outcome() != null)
                .extracting(state -> state.outcome().reason())
                .containsExactly(Reason.PREEMPTED, Reason.SUCCEEDED);
    }

    @Test
    void parksWhatHasToWaitForAnotherRunsKeyAndGoesOnWhenItIsFree() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        fleet.start(2, run -> {
            run.claimAlso("tag/one");
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            letGo.await();
            inside.decrementAndGet();
            return Outcome.of(Reason.SUCCEEDED, "tagged");
        });
        PushEvent one = TestFleet.push(1);
        PushEvent two = TestFleet.push(2);
        fleet.publish(one);
        fleet.publish(two);
        await().atMost(SOON)
                .until(() -> fleet.history.stream().anyMatch(state -> state.phase() == RunState.Phase.PARKED));
        letGo.countDown();
        await().atMost(SOON).until(() -> fleet.ended(one) != null && fleet.ended(two) != null);
        assertThat(most).hasValue(1);
    }

    @Test
    void endsARunAtItsDeadlineAndSaysSo() throws Exception {
        RunTiming impatient = new RunTiming(3, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(1));
        fleet.start(1, impatient, run -> {
            new CountDownLatch(1).await();
            return Outcome.of(Reason.SUCCEEDED, "never");
        });
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome().reason()).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void takesNoWorkAndCountsNoAttemptWhileADependencyIsAway() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        AtomicInteger started = new AtomicInteger();
        WorkerService service = fleet.start(2, run -> {
            started.incrementAndGet();
            if (away.get()) {
                throw new DependencyAwayException("the engine", () -> !away.get(), null);
            }
            return Outcome.of(Reason.SUCCEEDED, "attempt " + run.attempt());
        });
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        await().atMost(SOON).until(() -> service.missing().contains("the engine"));
        int before = started.get();
        PushEvent meanwhile = TestFleet.push(2);
        fleet.publish(meanwhile);
        away.set(false);
        await().atMost(SOON).until(() -> fleet.ended(event) != null && fleet.ended(meanwhile) != null);
        assertThat(before).isEqualTo(1);
        assertThat(fleet.ended(event).outcome().message()).isEqualTo("attempt 1");
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
