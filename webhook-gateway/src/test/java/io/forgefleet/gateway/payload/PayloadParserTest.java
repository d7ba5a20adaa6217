package io.forgefleet.gateway.payload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadParserTest {

    @ParameterizedTest
    @CsvSource({
        "gitlab/push-branch-updated, 1481a2de, /before",
        "gitlab/merge-opened, 1481a2de, /object_attributes/last_commit/id",
        "github/push-branch-updated, octo/hello, /repository/full_name",
        "github/pull-synchronize, 6dcb09b5, /pull_request/head/sha",
        "gitlab/push-branch-updated, group/sub/deeper/app, /project/path_with_namespace",
    })
    void pointsAtTheFieldThatIsImpossible(String name, String text, String pointer) {
        Fixture fixture = Fixture.read(name);

        Reading reading = parse(fixture, fixture.json().replace(text, "not possible"));

        assertThat(reading)
                .isInstanceOfSatisfying(Reading.Malformed.class, malformed -> assertThat(malformed.pointer())
                        .isEqualTo(pointer))
                .asString()
                .doesNotContain("not possible");
    }

    @Test
    void givesOneDeliveryTheSameIdAgain() {
        for (String name : new String[] {"github/pull-closed", "gitea/pull-closed", "gitlab/merge-closed"}) {
            Fixture fixture = Fixture.read(name);
            assertThat(event(fixture).id()).isEqualTo(event(fixture).id());
        }
    }

    @Test
    void givesGiteasReplayWithItsNewDeliveryIdTheSameId() {
        Fixture fixture = Fixture.read("gitea/pull-closed");
        MultiMap replayed = copy(fixture.headers()).set("X-Gitea-Delivery", "another");

        assertThat(event(new Fixture(fixture.name(), replayed, fixture.body())).id())
                .isEqualTo(event(fixture).id());
    }

    @Test
    void tellsEqualTransitionsApart() {
        Fixture github = Fixture.read("github/pull-closed");
        Fixture gitea = Fixture.read("gitea/pull-closed");
        Fixture gitlab = Fixture.read("gitlab/merge-closed");
        Stream.of(
                        new Fixture[] {github, header(github, "X-GitHub-Delivery")},
                        new Fixture[] {gitlab, header(gitlab, "Idempotency-Key")},
                        new Fixture[] {
                            gitea,
                            new Fixture(
                                    gitea.name(),
                                    gitea.headers(),
                                    gitea.body().replaceAll("(?s)(\"updated_at\": \"\\d{4})", "$19"))
                        })
                .forEach(pair -> assertThat(event(pair[0]).id())
                        .isNotEqualTo(event(pair[1]).id()));
    }

    @Test
    void doesNotTakeTheKeyThatGitLabsRecursiveHooksShare() {
        Fixture fixture = Fixture.read("gitlab/push-old-without-key");

        assertThat(event(header(fixture, "X-Gitlab-Event-UUID")).id())
                .isEqualTo(event(fixture).id());
        assertThat(event(header(fixture, "X-Gitlab-Webhook-UUID")).id())
                .isEqualTo(event(fixture).id());
    }

    @Test
    void oneCommentIsOneEventWhicheverHookBringsIt() {
        Fixture fixture = Fixture.read("github/comment-on-pull");

        assertThat(event(header(fixture, "X-GitHub-Delivery")).id())
                .isEqualTo(event(fixture).id());
    }

    @Test
    void readsIdsOfSha256Repositories() {
        for (String name : new String[] {"github/push-branch-created", "gitea/push-branch-created"}) {
            Fixture fixture = Fixture.read(name);
            String wide = fixture.json().replaceAll("\"([0-9a-f]{40})\"", "\"$1000000000000000000000000\"");
            assertThat(((Reading.Event) parse(fixture, wide)).event()).isInstanceOfSatisfying(PushEvent.class, push -> {
                assertThat(push.change()).isEqualTo(PushEvent.Change.CREATED);
                assertThat(push.after()).asString().hasSize(64);
            });
        }
    }

    @Test
    void takesDraftFromTheTitleWhereGiteaIsOld() {
        Fixture fixture = Fixture.read("gitea/pull-opened-from-fork");
        String old = fixture.json().replaceFirst("\"draft\": true,", "");

        assertThat(old).isNotEqualTo(fixture.json());
        assertThat(((Reading.Event) parse(fixture, old)).event())
                .isInstanceOfSatisfying(
                        PullRequestEvent.class, pull -> assertThat(pull.draft()).isTrue());
    }

    @Test
    void readsReviewsOfOldGiteaWithoutEventTypeAsNoComment() {
        Fixture review = Fixture.read("gitea/review-comment");

        assertThat(parse(
                        new Fixture(review.name(), copy(review.headers()).remove("X-Gitea-Event-Type"), review.body()),
                        review.json()))
                .isInstanceOf(Reading.Ignored.class);
    }

    @Test
    void anInternalNoteIsNoCommentWhicheverFieldSaysSo() {
        Fixture note = Fixture.read("gitlab/note-on-merge");
        assertThat(parse(note, note.json())).isInstanceOf(Reading.Event.class);

        for (String internal : new String[] {
            note.json().replace("\"internal\": false", "\"internal\": true"),
            note.json().replace("\"event_type\": \"note\"", "\"event_type\": \"confidential_note\"")
        }) {
            assertThat(internal).isNotEqualTo(note.json());
            assertThat(parse(note, internal)).isInstanceOf(Reading.Ignored.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "null", "1", "\"x\"", "{", "{}{}", "{} x", "{\"a\":}", "<xml/>", "{'a':1}"})
    void refusesWhatIsNotOneJsonObject(String json) {
        assertThat(parse(Fixture.read("github/ping"), json)).isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        byte[] json = "{\"ref\": \"\u00e9\"}".getBytes(ISO_8859_1);

        assertThat(parser(ForgeKind.GITHUB)
                        .parse(Fixture.read("github/push-branch-updated").headers(), ByteBuffer.wrap(json)))
                .isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void refusesNestingOfMoreThan200Levels() {
        Fixture ping = Fixture.read("github/ping");

        assertThat(parse(ping, "{\"a\":" + "[".repeat(199) + "]".repeat(199) + "}"))
                .isInstanceOf(Reading.Ignored.class);
        assertThat(parse(ping, "{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"))
                .isInstanceOf(Reading.Malformed.class);
        assertThat(parse(ping, "{\"a\":".repeat(100_000))).isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void refusesAFieldThatIsGivenTwice() {
        Fixture fixture = Fixture.read("github/push-branch-updated");
        String twice = fixture.json().replaceFirst("\"ref\":", "\"ref\": \"refs/heads/other\", \"ref\":");

        assertThat(parse(fixture, twice))
                .isEqualTo(new Reading.Malformed("/ref", "one field of this name, not several"));
    }

    @Test
    void makesWholeCharactersOfHalves() {
        Fixture fixture = Fixture.read("github/comment-on-pull");
        String halved = fixture.json().replace("/ok-to-test", "a\\ud83db").replace("\"octo\"", "\"octo\\udc00\"");

        assertThat(((Reading.Event) parse(fixture, halved)).event())
                .isInstanceOfSatisfying(CommentEvent.class, comment -> {
                    assertThat(comment.body()).isEqualTo("a\ufffdb");
                    assertThat(comment.actor()).isEqualTo("octo\ufffd");
                });
    }

    @Test
    void cutsLongCommentsAtAWholeCharacter() {
        Fixture fixture = Fixture.read("github/comment-on-pull");
        String longer = "x" + "\ud83d\ude80".repeat(40_000);

        ForgeEvent event = ((Reading.Event) parse(fixture, fixture.json().replace("/ok-to-test", longer))).event();

        String body = ((CommentEvent) event).body();
        assertThat(longer).startsWith(body);
        assertThat(body.getBytes(UTF_8)).hasSize(CommentEvent.MOST_BODY_BYTES - 3);
    }

    @Test
    void readsAPayloadOf20MegabytesWithoutKeepingIt() {
        Fixture fixture = Fixture.read("gitea/push-branch-updated");
        String commits =
                "[" + "{\"message\":\"%s\"},".formatted("x".repeat(1000)).repeat(20_000) + "{}]";
        String large = fixture.json().replaceFirst("\"commits\": \\[", "\"extra\": " + commits + ", \"commits\": [");

        assertThat(large.length()).isGreaterThan(20_000_000);
        assertThat(parse(fixture, large)).isEqualTo(parse(fixture, fixture.json()));
    }

    private static Reading parse(Fixture fixture, String json) {
        return parser(ForgeKind.parse(fixture.kind())).parse(fixture.headers(), ByteBuffer.wrap(json.getBytes(UTF_8)));
    }

    private static ForgeEvent event(Fixture fixture) {
        return ((Reading.Event) parse(fixture, fixture.json())).event();
    }

    private static Fixture header(Fixture fixture, String name) {
        return new Fixture(fixture.name(), copy(fixture.headers()).set(name, "another"), fixture.body());
    }

    private static MultiMap copy(MultiMap headers) {
        return MultiMap.caseInsensitiveMultiMap().addAll(headers);
    }

    private static PayloadParser parser(ForgeKind kind) {
        return PayloadParser.of(kind, "forge", PayloadFixturesTest.CLOCK);
    }
}
