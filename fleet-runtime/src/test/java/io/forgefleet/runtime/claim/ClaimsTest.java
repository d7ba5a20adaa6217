package io.forgefleet.runtime.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {

    private static final ClaimTiming TIMING =
            new ClaimTiming(Duration.ofSeconds(3), Duration.ofMillis(800), Duration.ofMillis(500));
    private static final RecordRef ONE = new RecordRef("jobs", 0, 1);
    private static final RecordRef TWO = new RecordRef("jobs", 0, 2);

    @TempDir
    Path directory;

    @Test
    void givesAKeyToOneOfManyWhoAskAtOnce() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory));
                Claims here = claims(broker);
                Claims there = claims(broker);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Acquisition>> asking = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Claims claims = i % 2 == 0 ? here : there;
                RecordRef job = new RecordRef("jobs", 0, i);
                asking.add(() -> claims.acquire("key", job));
            }
            int held = 0;
            for (Future<Acquisition> each : threads.invokeAll(asking)) {
                held += each.get() instanceof Acquisition.Held ? 1 : 0;
            }
            assertThat(held).isEqualTo(1);
        }
    }

    @Test
    void givesAReleasedKeyToTheNextAtOnceAndWithALaterEpoch() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory));
                Claims claims = claims(broker)) {
            Claim first = held(claims.acquire("key", ONE));
            first.ensureHeld();
            first.release();
            await().atMost(TIMING.renewal()).until(() -> claims.isFree("key"));
            long began = System.nanoTime();
            Claim second = held(claims.acquire("key", TWO));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TIMING.renewal());
            assertThat(second.epoch()).isGreaterThan(first.epoch());
            assertThatThrownBy(first::ensureHeld).isInstanceOf(ClaimLostException.class);
        }
    }

    @Test
    void keepsAClaimOverABrokerThatIsAwayAndLetsNobodyDisplaceIt() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory));
        int port =
                Integer.parseInt(broker.bootstrap().substring(broker.bootstrap().indexOf(':') + 1));
        try (Claims owners = claims(broker);
                Claims challengers = claims(broker);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Claim claim = held(owners.acquire("key", ONE));
            AtomicBoolean lost = new AtomicBoolean();
            claim.onLost(() -> lost.set(true));
            // the same record, redelivered: it waits for the owner to fall silent
            Future<Acquisition> challenge = threads.submit(() -> challengers.acquire("key", ONE));
            broker.close();
            Future<?> act = threads.submit(() -> {
                claim.ensureHeld();
                return null;
            });
            await().pollDelay(TIMING.validity().plusSeconds(1)).until(() -> !act.isDone());
            broker = EmbeddedBroker.start(BrokerOptions.in(directory).onPort(port));
            act.get();
            assertThat(lost).isFalse();
            assertThat(challenge.isDone()).isFalse();
            claim.release();
            assertThat(challenge.get()).isInstanceOf(Acquisition.Held.class);
        } finally {
            broker.close();
        }
    }

    @Test
    void letsTheSameRecordTakeOverFromAnOwnerThatDied() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory));
                Claims survivors = claims(broker)) {
            Claims dying = claims(broker);
            long dead = held(dying.acquire("key", ONE)).epoch();
            dying.close();
            assertThat(held(survivors.acquire("key", ONE)).epoch()).isGreaterThan(dead);
        }
    }

    private static Claims claims(EmbeddedBroker broker) throws Exception {
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        return new Claims(kafka, TIMING);
    }

    private static Claim held(Acquisition acquisition) {
        return ((Acquisition.Held) acquisition).claim();
    }
}
