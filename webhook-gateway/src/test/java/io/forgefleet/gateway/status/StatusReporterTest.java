package io.forgefleet.gateway.status;

import static io.forgefleet.gateway.SampleRuns.ended;
import static io.forgefleet.gateway.SampleRuns.push;
import static io.forgefleet.gateway.SampleRuns.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.CommitStatus;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusReporterTest {

    private static final PostTiming TIMING = new PostTiming(
            Duration.ofSeconds(6),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            3);

    private final FakeForge forge = new FakeForge();
    private final FakeForge other = new FakeForge();
    private final List<StatusReporter> reporters = new ArrayList<>();
    private KafkaSettings kafka;
    private RecordPublisher publisher;

    @BeforeEach
    void topics() throws Exception {
        kafka = GatewayKafka.tenant();
        publisher = new RecordPublisher(kafka);
    }

    @AfterEach
    void stop() {
        reporters.forEach(StatusReporter::close);
        publisher.close();
    }

    @Test
    void postsWhatARunDoesAndHowItEnded() throws Exception {
        start();
        RunSubject subject = push("here/team/app", 1);
        write(running(subject, 7, 0, "Building"));
        await().untilAsserted(() -> assertThat(forge.descriptions()).containsExactly("Building"));
        write(ended(subject, 7, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed app:main-abc1234")));
        await().untilAsserted(
                        () -> assertThat(forge.descriptions()).containsExactly("Building", "Pushed app:main-abc1234"));

        CommitStatus last = forge.posted().getLast();
        assertThat(last.state()).isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(last.context()).isEqualTo("forgefleet/image/push");
        assertThat(last.targetUrl()).isEqualTo("http://fleet.example/runs/" + last.run());
    }

    @Test
    void neverPostsAnOlderStatusAfterANewerOne() throws Exception {
        StatusReporter first = start();
        RunSubject subject = push("here/team/app", 1);
        RunSubject later = replayOf(subject);
        write(ended(later, 9, 5, Outcome.of(Outcome.Reason.SUCCEEDED, "newest")));
        await().untilAsserted(() -> assertThat(forge.descriptions()).containsExactly("newest"));
        write(running(later, 9, 2, "late"));
        write(ended(subject, 5, 8, Outcome.of(Outcome.Reason.FAILED, "older run")));
        awaitWritten();
        first.close();

        // the next owner knows the newest one from the partition alone
        start();
        publisher.publishDurably(
                Topic.STATUSES,
                key(subject),
                key(subject),
                json(ended(subject, 5, 9, Outcome.failed("oldest", List.of()))));
        RunSubject neighbour = push("here/team/app", 2);
        write(running(neighbour, 10, 0, "neighbour"));
        await().untilAsserted(() -> assertThat(forge.descriptions()).contains("neighbour"));
        awaitWritten();
        assertThat(forge.descriptions()).containsExactly("newest", "neighbour");
        await("the newest one is the last of its key again, for whoever reads a compacted topic")
                .untilAsserted(() -> assertThat(GatewayKafka.records(kafka, Topic.STATUSES).stream()
                                .filter(entry -> entry.key().equals(key(subject)))
                                .reduce((one, next) -> next)
                                .map(entry -> new String(entry.value(), StandardCharsets.UTF_8)))
                        .get()
                        .asString()
                        .contains("newest"));
    }

    @Test
    void delaysAndLosesNoStatusWhileTheForgeIsAway() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        forge.fail(status -> {
            tries.incrementAndGet();
            throw new ClientException(ClientException.Kind.UNAVAILABLE, "answered 503");
        });
        start();
        for (int commit = 0; commit < 20; commit++) {
            write(running(push("here/team/app", commit), commit, 0, "Building"));
            write(running(push("there/team/app", commit), 100 + commit, 0, "Building"));
        }
        await().untilAsserted(() -> assertThat(other.posted()).hasSize(20));
        for (int commit = 0; commit < 20; commit++) {
            write(ended(push("here/team/app", commit), commit, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "done")));
        }
        awaitWritten();
        assertThat(forge.posted()).isEmpty();
        assertThat(tries).as("the forge is left alone between the tries").hasValueLessThan(200);

        forge.fail(status -> {});
        await().untilAsserted(() -> assertThat(forge.posted()).hasSize(20));
        assertThat(forge.descriptions()).as("only the newest of each").containsOnly("done");
        assertThat(forge.posted().stream().map(CommitStatus::key)).doesNotHaveDuplicates();
    }

    @Test
    void waitsAsLongAsTheForgeAsks() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        forge.fail(status -> {
            if (tries.getAndIncrement() == 0) {
                throw new ClientException(
                        ClientException.Kind.UNAVAILABLE, "answered 429", Duration.ofSeconds(2), null);
            }
        });
        start();
        long began = System.nanoTime();
        write(running(push("here/team/app", 1), 1, 0, "Building"));
        await().untilAsserted(() -> assertThat(forge.posted()).hasSize(1));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void postsOnceMoreRatherThanNeverAfterATakeOver() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        forge.fail(status -> {
            reached.countDown();
            never.await();
        });
        StatusReporter first = start();
        write(ended(push("here/team/app", 1), 3, 4, Outcome.of(Outcome.Reason.SUCCEEDED, "done")));
        reached.await();
        forge.fail(status -> {});
        first.close();
        start();
        await().untilAsserted(() -> assertThat(forge.descriptions()).contains("done"));
    }

    @Test
    void postsNothingTwiceAfterAStopInOrder() throws Exception {
        StatusReporter first = start();
        write(ended(push("here/team/app", 1), 3, 4, Outcome.of(Outcome.Reason.SUCCEEDED, "done")));
        await().untilAsserted(() -> assertThat(forge.descriptions()).containsExactly("done"));
        first.close();
        start();
        write(running(push("here/team/app", 2), 4, 0, "next"));
        await().untilAsserted(() -> assertThat(forge.descriptions()).contains("next"));
        assertThat(forge.descriptions()).containsExactly("done", "next");
    }

    @Test
    void sharesThePartitionsAndPostsEachStatusOnce() throws Exception {
        start();
        start();
        for (int commit = 0; commit < 30; commit++) {
            write(ended(push("here/team/app", commit), commit, 4, Outcome.of(Outcome.Reason.SUCCEEDED, "done")));
        }
        await().untilAsserted(() -> assertThat(
                        forge.posted().stream().map(CommitStatus::key).distinct())
                .hasSize(30));
    }

    @Test
    void postsOnlyTheNewestOfSeveralThatWait() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        forge.fail(status -> {
            reached.countDown();
            open.await();
        });
        start();
        RunSubject subject = push("here/team/app", 1);
        write(running(subject, 1, 0, "first"));
        reached.await();
        for (int revision = 1; revision < 30; revision++) {
            write(running(subject, 1, revision, "step " + revision));
        }
        awaitWritten();
        open.countDown();
        await().untilAsserted(() -> assertThat(forge.descriptions()).contains("step 29"));
        assertThat(forge.descriptions()).isSubsetOf("first", "step 29");
    }

    @Test
    void givesUpWhatTheForgeRefusesAndGoesOnWithTheRest() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CommitStatus[] gone = new CommitStatus[1];
        forge.fail(status -> {
            if (status.description().equals("gone")) {
                gone[0] = status;
                tries.incrementAndGet();
                throw new ClientException(ClientException.Kind.NOT_FOUND, "answered 404");
            }
        });
        start();
        write(running(push("here/team/gone", 1), 1, 0, "gone"));
        write(running(push("here/team/app", 1), 2, 0, "there"));
        await().untilAsserted(() -> assertThat(forge.descriptions()).containsExactly("there"));
        await().untilAsserted(() -> assertThat(tries).hasValue(3));
        write(running(push("here/team/app", 2), 3, 0, "later"));
        await().untilAsserted(() -> assertThat(forge.descriptions()).containsExactly("there", "later"));
        assertThat(tries).hasValue(3);
    }

    private StatusReporter start() {
        StatusReporter reporter = new StatusReporter(
                kafka,
                publisher,
                URI.create("http://fleet.example"),
                Map.of("here", forge, "there", other),
                TIMING,
                new SimpleMeterRegistry());
        reporters.add(reporter);
        return reporter;
    }

    private void write(RunState state) throws InterruptedException {
        GatewayKafka.write(publisher, Topic.RUNS, state.run().value(), state.run() + "@" + state.epoch(), state);
    }

    /** Waits until everything in fleet.runs has been folded and given time to be posted. */
    private void awaitWritten() throws InterruptedException {
        int number = 1000 + (int) (System.nanoTime() % 100_000);
        write(running(push("there/team/marker", number), 1_000_000, 0, "marker " + number));
        write(running(push("there/team/marker2", number), 1_000_000, 0, "marker " + number));
        write(running(push("there/team/marker3", number), 1_000_000, 0, "marker " + number));
        await().untilAsserted(() -> assertThat(other.descriptions().stream().filter(("marker " + number)::equals))
                .hasSizeGreaterThanOrEqualTo(3));
        Thread.sleep(300);
    }

    private static RunSubject replayOf(RunSubject subject) {
        return new RunSubject(
                subject.kind(),
                io.forgefleet.events.EventId.derive(subject.repository(), "again", "", "", "", ""),
                subject.repository(),
                subject.target(),
                subject.commit(),
                subject.ref(),
                null,
                true);
    }

    private static String key(RunSubject subject) {
        return subject.repository() + "@" + subject.commit() + "#forgefleet/image/push";
    }

    private static byte[] json(RunState state) {
        return io.forgefleet.events.wire.Json.write(
                new StatusMapping(URI.create("http://fleet.example")).of(state).orElseThrow());
    }
}
