package io.forgefleet.gateway.replay;

import static io.forgefleet.gateway.SampleEvents.deletion;
import static io.forgefleet.gateway.SampleEvents.pullRequest;
import static io.forgefleet.gateway.SampleEvents.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.gateway.SampleEvents;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplaysTest {

    @SuppressWarnings("TimeInStaticInitializer") // events have to be recent for the tests of windows
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private static final PushEvent MAIN = push("here/team/app", "main", 1, ago(1));
    private static final PushEvent OLD = push("here/team/app", "old", 2, ago(300));
    private static final PushEvent GONE = deletion("here/team/app", "old", 2, ago(3));
    private static final PullRequestEvent OPENED = pullRequest("here/team/app", 7, Action.OPENED, 3, ago(20));
    private static final PullRequestEvent FIXED = pullRequest("here/team/app", 7, Action.SYNCHRONIZED, 4, ago(10));
    private static final PullRequestEvent CLOSED = pullRequest("here/team/app", 7, Action.CLOSED, 4, ago(5));
    private static final PullRequestEvent SAME_NAME = pullRequest("there/team/lib", 9, Action.OPENED, 5, ago(400));
    private static final PullRequestEvent TWIN = pullRequest("here/team/lib", 9, Action.OPENED, 6, ago(400));

    private static KafkaSettings kafka;
    private static RecordPublisher publisher;
    private static EventIndex index;
    private static Replays replays;

    @BeforeAll
    static void publish() throws Exception {
        kafka = GatewayKafka.tenant();
        publisher = new RecordPublisher(kafka);
        publisher.publishDurably(Topic.PUSH, "x", "x", new byte[] {1, 2, 3});
        SampleEvents.publish(kafka, OLD, MAIN, GONE, CLOSED, OPENED, FIXED, SAME_NAME, TWIN, MAIN);
        index = new EventIndex(kafka);
        replays = new Replays(index, publisher);
    }

    @AfterAll
    static void stop() {
        index.close();
        publisher.close();
    }

    private static Instant ago(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    @Test
    void publishesAJobThatCarriesItsEventWhole() throws Exception {
        List<Replays.Replayed> replayed = replay("event", MAIN.id().value(), "rebuild");
        Job job = Objects.requireNonNull(replayed.getFirst().job());
        assertThat(job.event()).isEqualTo(MAIN);
        assertThat(job.cause()).isEqualTo(Job.Cause.REPLAY);
        assertThat(job.rebuild()).isTrue();
        assertThat(job.run()).isEqualTo(RunId.derive(MAIN.id().value(), "build", "images", job.id()));

        ConsumerRecord<String, byte[]> entry = GatewayKafka.records(kafka, Topic.JOBS).stream()
                .filter(each -> new String(each.value(), StandardCharsets.UTF_8).contains(job.id()))
                .findFirst()
                .orElseThrow();
        assertThat(Json.read(entry.value(), Job.class)).isEqualTo(job);
        assertThat(entry.key()).isEqualTo("here/team/app");
    }

    @Test
    void aCiImageIsBuiltAnewForTheNewestPushOfItsBranch() throws Exception {
        ObjectNode request = request("repository", "team/app").put("ciImage", "ci");
        Job job = Objects.requireNonNull(replay(request).getFirst().job());
        assertThat(job.event()).isEqualTo(MAIN);
        assertThat(job.target()).isEqualTo("ci-images/ci");
        assertThat(job.rebuild()).isTrue();
        assertThat(job.run()).isEqualTo(RunId.derive(MAIN.id().value(), "build", "ci-images/ci", job.id()));
        assertThat(replay(request("repository", "team/app").put("branch", "old")))
                .extracting(each -> each.event().id())
                .containsExactly(OLD.id());
        assertThatThrownBy(() -> replay(request("repository", "team/none")))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("no push to main or master of team/none is known");
        assertThatThrownBy(() -> replay(request("repository", "team/app").put("ciImage", "../x")))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("ciImage");
    }

    @Test
    void takesTheNewestOfAPullRequestThatMayNeedAnImage() throws Exception {
        assertThat(replay("pullRequest", "team/app#7"))
                .extracting(each -> each.event().id())
                .containsExactly(FIXED.id());
    }

    @Test
    void asksForTheForgeWhereTwoHaveThePullRequest() throws Exception {
        assertThatThrownBy(() -> replay("pullRequest", "team/lib#9"))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("here, there");
        ObjectNode request = request("pullRequest", "team/lib#9").put("forge", "there");
        assertThat(replay(request)).extracting(each -> each.event().id()).containsExactly(SAME_NAME.id());
    }

    @Test
    void findsACommitByItsFirstDigitsAndRefusesAmbiguousOnes() throws Exception {
        String sha = SampleRuns.commit(2).value();
        assertThat(replay("sha", sha)).extracting(each -> each.event().id()).containsExactly(OLD.id());
        assertThatThrownBy(() -> replay("sha", sha.substring(0, 8)))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("commits begin like this");
    }

    @Test
    void takesEachEventOfAWindowThatAsksForWorkOnceAndTheOldestFirst() throws Exception {
        assertThat(replay("since", "2h"))
                .extracting(each -> each.event().id())
                .containsExactly(OPENED.id(), FIXED.id(), MAIN.id());
    }

    @Test
    void publishesNothingOnADryRun() throws Exception {
        int before = GatewayKafka.records(kafka, Topic.JOBS).size();
        List<Replays.Replayed> replayed = replay("since", "10h", "dryRun");
        assertThat(replayed).hasSize(6).allSatisfy(each -> assertThat(each.job())
                .isNull());
        assertThat(GatewayKafka.records(kafka, Topic.JOBS)).hasSize(before);
    }

    @Test
    void saysWhenNothingMatchesOrThereIsNothingToBuild() {
        assertThatThrownBy(() -> replay("pullRequest", "team/app#8"))
                .isInstanceOfSatisfying(
                        ReplayException.class, e -> assertThat(e.kind()).isEqualTo(ReplayException.Kind.NOTHING));
        assertThatThrownBy(() -> replay("event", GONE.id().value()))
                .isInstanceOfSatisfying(
                        ReplayException.class, e -> assertThat(e.kind()).isEqualTo(ReplayException.Kind.INVALID))
                .hasMessageContaining("DELETED of refs/heads/old");
    }

    @Test
    void knowsWhatAnyGatewayPublishedAndReadsItAgain() throws Exception {
        index.catchUp(Duration.ofSeconds(10));
        assertThat(index.knows(MAIN.id())).isTrue();
        assertThat(index.knows(new EventId("0".repeat(32)))).isFalse();
        ForgeEvent again = index.load(index.find(OPENED.id()).orElseThrow());
        assertThat(again).isEqualTo(OPENED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|nothing is named",
                "[]|no JSON object",
                "{\"event\":\"x\"}|event is 'x'",
                "{\"sha\":\"abc\"}|sha is 'abc'",
                "{\"sha\":7}|sha is no text",
                "{\"since\":\"2 hours\"}|since is '2 hours'",
                "{\"since\":\"0h\"}|since is '0h'",
                "{\"pullRequest\":\"team/app\"}|pullRequest is 'team/app'",
                "{\"pullRequest\":\"team/app#0\"}|pullRequest is",
                "{\"since\":\"2h\",\"sha\":\"abcdef0\"}|several things",
                "{\"since\":\"2h\",\"worker\":\"cook\"}|no worker kind 'cook'",
                "{\"since\":\"2h\",\"dryrun\":true}|no field 'dryrun'",
                "{\"since\":\"2h\",\"dryRun\":\"yes\"}|dryRun is neither",
            })
    void refusesWhatItCannotUnderstandAndSaysWhatWasExpected(String body, String message) {
        assertThatThrownBy(() -> ReplayRequest.read(Json.mapper().readTree(body), Set.of(WorkerKind.BUILD)))
                .isInstanceOfSatisfying(
                        ReplayException.class, e -> assertThat(e.advice()).isNotBlank())
                .hasMessageContaining(message);
    }

    private static List<Replays.Replayed> replay(String field, String value, String... flags) throws Exception {
        ObjectNode request = request(field, value);
        for (String flag : flags) {
            request.put(flag, true);
        }
        return replay(request);
    }

    private static List<Replays.Replayed> replay(ObjectNode request) throws Exception {
        return replays.replay(ReplayRequest.read(request, Set.of(WorkerKind.BUILD)));
    }

    private static ObjectNode request(String field, String value) {
        return Json.mapper().createObjectNode().put(field, value);
    }
}
