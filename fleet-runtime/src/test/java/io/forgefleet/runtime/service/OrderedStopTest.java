package io.forgefleet.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OrderedStopTest {

    private final List<String> done = new CopyOnWriteArrayList<>();
    private final OrderedStop stops = new OrderedStop();

    @Test
    void intakeStopsBeforeTheDrainAndTheLastOpenedClosesFirst() throws Exception {
        stops.add(StopStage.CLOSE, "first opened", left -> done.add("close 1"));
        stops.add(StopStage.DRAIN, "worker", left -> {
            Thread.sleep(50);
            done.add("drain");
        });
        stops.add(StopStage.CLOSE, "last opened", left -> done.add("close 2"));
        stops.add(StopStage.INTAKE, "webhooks", left -> done.add("intake"));

        assertThat(stops.run(Duration.ofSeconds(5))).isTrue();
        assertThat(done).containsExactly("intake", "drain", "close 2", "close 1");
    }

    @Test
    void workersDrainAtTheSameTime() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            stops.add(StopStage.DRAIN, "worker " + i, left -> {
                both.countDown();
                assertThat(both.await(5, TimeUnit.SECONDS)).isTrue();
            });
        }
        assertThat(stops.run(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void whatFailsDoesNotKeepTheRestFromStopping() throws Exception {
        stops.add(StopStage.CLOSE, "sound", left -> done.add("sound"));
        stops.add(StopStage.CLOSE, "broken", left -> {
            throw new IllegalStateException("broken");
        });
        assertThat(stops.run(Duration.ofSeconds(5))).isFalse();
        assertThat(done).containsExactly("sound");
    }

    @Test
    void whatHangsIsInterruptedAndWhatComesAfterStillGetsItsTime() throws Exception {
        stops.add(StopStage.DRAIN, "hanging", left -> {
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                done.add("interrupted");
            }
        });
        stops.add(StopStage.CLOSE, "producer", left -> {
            assertThat(left).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            Thread.sleep(100);
            done.add("flushed");
        });
        long start = System.nanoTime();
        assertThat(stops.run(Duration.ofMillis(1200))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        Awaitility.await().untilAsserted(() -> assertThat(done).containsExactlyInAnyOrder("interrupted", "flushed"));
    }
}
