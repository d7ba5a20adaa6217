package io.forgefleet.runtime.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.worker.Cancellation;
import io.forgefleet.runtime.worker.NothingToDoException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds that have nothing to do for most events, and runs that wait a moment for each other. */
class QuietRunsTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static int number;

    private TestFleet fleet;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(BrokerOptions.in(folder));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startFleet() throws Exception {
        fleet = new TestFleet(broker.bootstrap(), "quiet" + number++ + ".");
    }

    @AfterEach
    void stopFleet() throws Exception {
        fleet.close();
    }

    @Test
    void aRunWithNothingToDoLeavesNoTraceAndIsNotTakenAgain() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        start(run -> {
            if (run.event().repository().name().equals("app1")) {
                taken.incrementAndGet();
                throw new NothingToDoException("it declares nothing");
            }
            run.begin("think");
            return Outcome.of(Reason.SUCCEEDED, "done");
        });
        PushEvent nothing = TestFleet.push(1);
        PushEvent something = TestFleet.push(2);
        fleet.publish(nothing);
        fleet.publish(something);
        await().atMost(SOON).until(() -> fleet.ended(something) != null && taken.get() == 1);
        fleet.states.catchUp(SOON);
        assertThat(fleet.states.get(TestFleet.run(nothing))).isNull();
        assertThat(fleet.ended(something).steps()).extracting("name").containsExactly("think");
        assertThat(taken).hasValue(1);
    }

    @Test
    void whatItMeetsBeforeItsFirstStepIsToldOnlyAtTheEnd() throws Exception {
        start(run -> {
            if (run.attempt() < 3) {
                throw new RetryableException("the forge is away", null);
            }
            throw new IllegalStateException("still away");
        });
        PushEvent event = TestFleet.push(3);
        fleet.publish(event);
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.history)
                .filteredOn(state -> state.run().equals(TestFleet.run(event)))
                .extracting(RunState::phase)
                .containsExactly(RunState.Phase.ENDED);
        assertThat(fleet.ended(event).steps()).isEmpty();
    }

    @Test
    void aKindThatTellsOfEachRunTellsThatThereWasNothingToDo() throws Exception {
        fleet.start(1, run -> {
            throw new NothingToDoException("it declares nothing");
        });
        PushEvent event = TestFleet.push(1);
        fleet.publish(event);
        await().atMost(SOON).until(() -> fleet.ended(event) != null);
        assertThat(fleet.ended(event).outcome()).isEqualTo(Outcome.of(Reason.SUCCEEDED, "it declares nothing"));
    }

    /** It goes on as soon as the other one is done, and not when it is looked at again. */
    @Test
    void whoWaitsForAClaimGetsItAtOnce() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger holders = new AtomicInteger();
        AtomicReference<Instant> released = new AtomicReference<>();
        AtomicReference<Instant> got = new AtomicReference<>();
        Worker worker = run -> {
            run.claimAlso("template/x", Duration.ofSeconds(20));
            if (holders.incrementAndGet() == 1) {
                letGo.await();
                released.set(Instant.now());
            } else {
                got.set(Instant.now());
            }
            return Outcome.of(Reason.SUCCEEDED, "done");
        };
        RunTiming timing = new RunTiming(3, Duration.ofMillis(100), SOON, Duration.ofMinutes(10));
        fleet.start(2, timing, worker);
        PushEvent first = TestFleet.push(1);
        PushEvent second = TestFleet.push(2);
        fleet.publish(first);
        await().atMost(SOON).until(() -> holders.get() == 1);
        fleet.publish(second);
        await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> holders.get() == 1);
        letGo.countDown();
        await().atMost(SOON).until(() -> fleet.ended(first) != null && fleet.ended(second) != null);
        assertThat(Duration.between(released.get(), got.get())).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void whoWaitedLongEnoughIsParked() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger holders = new AtomicInteger();
        Worker worker = run -> {
            run.claimAlso("template/x", Duration.ofMillis(300));
            if (holders.incrementAndGet() == 1) {
                letGo.await();
            }
            return Outcome.of(Reason.SUCCEEDED, "done");
        };
        fleet.start(2, worker);
        PushEvent first = TestFleet.push(1);
        PushEvent second = TestFleet.push(2);
        fleet.publish(first);
        await().atMost(SOON).until(() -> holders.get() == 1);
        fleet.publish(second);
        await().atMost(SOON).until(() -> fleet.history.stream()
                .anyMatch(
                        state -> state.run().equals(TestFleet.run(second)) && state.phase() == RunState.Phase.PARKED));
        letGo.countDown();
        await().atMost(SOON).until(() -> fleet.ended(second) != null);
        assertThat(holders).hasValue(2);
    }

    private void start(Worker worker) {
        WorkerDeclaration loud = TestFleet.declaration(worker);
        fleet.start(
                2,
                TestFleet.TIMING,
                new WorkerDeclaration(loud.kind(), loud.topics(), loud.planner(), worker, Cancellation.NEVER, true));
    }
}
