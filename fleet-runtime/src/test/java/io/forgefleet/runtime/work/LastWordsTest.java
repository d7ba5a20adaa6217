package io.forgefleet.runtime.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says right after something else, and then nothing for a long time: a step that has just begun. */
@NullUnmarked
class LastWordsTest {

    @Test
    void areTellingWhileTheRunGoesOnInSilence(@TempDir Path directory) throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        List<String> lines = new CopyOnWriteArrayList<>();
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(directory))) {
            TestFleet fleet = new TestFleet(broker.bootstrap(), "words.");
            PushEvent event = TestFleet.push(1);
            try (TopicReader log = new TopicReader(
                    fleet.kafka.consumer(),
                    fleet.kafka.topic(Topic.LOGS),
                    chunk -> lines.addAll(chunk(chunk).lines()))) {
                fleet.start(1, run -> {
                    run.begin("build");
                    for (String step : List.of("first", "second", "last")) {
                        run.log(step);
                        run.detail(step);
                    }
                    letGo.await();
                    return Outcome.of(Reason.SUCCEEDED, "done");
                });
                fleet.publish(event);
                await().until(() -> lines.contains("last"));
                await().until(() -> fleet.history.stream()
                        .flatMap(state -> state.steps().stream())
                        .anyMatch(step -> step.detail().equals("last")));
                letGo.countDown();
                await().until(() -> fleet.ended(event) != null);
                log.catchUp(Duration.ofSeconds(20));
                assertThat(lines).containsExactly("first", "second", "last");
            } finally {
                letGo.countDown();
                fleet.close();
            }
        }
    }

    private static LogChunk chunk(ConsumerRecord<String, byte[]> entry) {
        try {
            return Json.mapper().readValue(entry.value(), LogChunk.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
