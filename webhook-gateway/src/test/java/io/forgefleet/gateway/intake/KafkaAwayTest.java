package io.forgefleet.gateway.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaAwayTest {

    private static final Duration IN_TIME = Duration.ofSeconds(3);

    @Test
    void answers503InTimeWhileKafkaIsAwayAndFlowsAgainAfterwards(@TempDir Path folder) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(folder));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        try (TestGateway gateway = new TestGateway(kafka, IntakeLimits.DEFAULT, AcceptedEvents.NONE)) {
            assertThat(gateway.send(gateway.push("octo/before")).statusCode()).isEqualTo(202);
            broker.close();

            HttpRequest.Builder during = gateway.push("octo/during");
            long start = System.nanoTime();
            HttpResponse<String> refused = gateway.send(during);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();

            int port = Integer.parseInt(broker.bootstrap().replaceFirst(".*:", ""));
            broker = EmbeddedBroker.start(BrokerOptions.in(folder).onPort(port));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.send(gateway.push("octo/after")).statusCode() == 202);
            assertThat(gateway.send(during).statusCode()).isEqualTo(202);
            assertThat(gateway.records(Topic.PUSH)).anyMatch(record -> "github/octo/during".equals(record.key()));
        } finally {
            broker.close();
        }
    }

    /** Then each send blocks for the topic's metadata, one after the other: the answer must not wait for that. */
    @Test
    void answersManyDeliveriesInTimeWhereKafkaNeverWasThere() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        IntakeLimits limits = new IntakeLimits(
                1_000_000, 8_000_000, 64_000, Duration.ofSeconds(5), 20, IntakeLimits.DEFAULT.publishing());
        try (TestGateway gateway =
                new TestGateway(KafkaSettings.of("127.0.0.1:" + port), limits, AcceptedEvents.NONE)) {
            long start = System.nanoTime();
            var responses = IntStream.range(0, 30)
                    .mapToObj(i -> gateway.http.sendAsync(
                            gateway.push("octo/n" + i).build(), HttpResponse.BodyHandlers.ofString()))
                    .toList();
            CompletableFuture.allOf(responses.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
            assertThat(responses).allMatch(response -> response.join().statusCode() == 503);
        }
    }
}
