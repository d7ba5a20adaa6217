package io.forgefleet.gateway.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudevents.CloudEvent;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.payload.Fixture;
import io.forgefleet.runtime.topic.Topic;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole table of answers, on a real server and a real Kafka. */
class WebhookHandlerTest {

    private static final String EMPTY = "{}";

    private static TestGateway gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateway = TestGateway.withBroker(folder);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void publishesEachFixtureAsTheSchemaSays() throws Exception {
        List<String> ids = new ArrayList<>();
        for (ForgeKind kind : List.of(ForgeKind.GITHUB, ForgeKind.GITEA, ForgeKind.GITLAB)) {
            for (Fixture fixture : Fixture.all(kind.word())) {
                HttpResponse<String> response = gateway.send(gateway.delivery(fixture, kind, fixture.json()));
                assertThat(response.statusCode()).as(fixture + response.body()).isIn(202, 204);
                if (response.statusCode() == 202) {
                    ids.add(eventId(response));
                }
            }
        }
        Map<String, CloudEvent> published = Stream.of(Topic.PUSH, Topic.TAG, Topic.PULL_REQUEST)
                .flatMap(topic -> gateway.events(topic).stream())
                .collect(Collectors.toMap(CloudEvent::getId, Function.identity()));
        assertThat(ids).hasSizeGreaterThan(50);
        for (String id : ids) {
            CloudEvent cloudEvent = Objects.requireNonNull(published.get(id), id);
            ForgeEvent event = EventCodec.decode(cloudEvent);
            assertThat(event.id()).hasToString(id);
            assertThat(cloudEvent.getSource()).hasToString("/forges/" + event.repository());
            assertThat(TestGateway.violations(event, cloudEvent)).isEmpty();
        }
    }

    @Test
    void keysRecordsByRepository() throws Exception {
        gateway.send(gateway.push("octo/keyed"));

        assertThat(gateway.records(Topic.PUSH)).anyMatch(record -> "github/octo/keyed".equals(record.key()));
    }

    @Test
    void answersTheSameDeliveryAgainAsDuplicateAndPublishesItOnce() throws Exception {
        HttpRequest.Builder delivery = gateway.push("octo/twice");

        HttpResponse<String> first = gateway.send(delivery);
        HttpResponse<String> second = gateway.send(delivery);

        assertThat(json(first)).isEqualTo(Json.mapper().valueToTree(Map.of("eventId", eventId(first))));
        assertThat(second.statusCode()).isEqualTo(202);
        assertThat(json(second))
                .isEqualTo(Json.mapper().valueToTree(Map.of("eventId", eventId(first), "duplicate", true)));
        assertThat(countOf("github/octo/twice")).isEqualTo(1);
    }

    @Test
    void publishesFiftyEqualDeliveriesAtOnceOnce() throws Exception {
        HttpRequest request = gateway.push("octo/fifty").build();
        List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 50)
                .mapToObj(any -> gateway.http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .toList();

        List<HttpResponse<String>> responses =
                all.stream().map(CompletableFuture::join).toList();

        assertThat(responses).allMatch(response -> response.statusCode() == 202);
        assertThat(responses.stream().filter(each -> !each.body().contains("duplicate")))
                .hasSize(1);
        assertThat(countOf("github/octo/fifty")).isEqualTo(1);
    }

    @Test
    void answersWhatAnotherGatewayAcceptedAsDuplicate() throws Exception {
        try (TestGateway knowing = gateway.another(IntakeLimits.DEFAULT, id -> true)) {
            HttpResponse<String> response = knowing.send(knowing.delivery("github/push-branch-updated"));

            assertThat(response.statusCode()).isEqualTo(202);
            assertThat(json(response).get("duplicate").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"github/ping", "github/release-published", "gitea/create-branch", "gitlab/pipeline"})
    void answers204ToWhatIsOfNoInterest(String name) throws Exception {
        HttpResponse<String> response = gateway.send(gateway.delivery(name));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void answers204ToARepositoryThatIsNotConfigured() throws Exception {
        assertThat(gateway.send(gateway.push("octo/unwanted")).statusCode()).isEqualTo(204);
        assertThat(countOf("github/octo/unwanted")).isZero();
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void answers401WithoutDetailToWrongSignatures(ForgeKind kind) throws Exception {
        for (HttpRequest.Builder request : List.of(
                gateway.signed(kind, EMPTY, "wrong"),
                gateway.request("/webhooks/" + kind.word())
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(EMPTY)))) {
            HttpResponse<String> response = gateway.send(request);
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void answers401BeforeItLooksIntoThePayload() throws Exception {
        assertThat(gateway.send(gateway.signed(ForgeKind.GITHUB, "not JSON", "wrong"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void secretOfOneRepositoryDoesNotSpeakForAnother() throws Exception {
        String json = TestGateway.pushPayload("octo/hello");
        assertThat(gateway.send(gateway.signed(ForgeKind.GITHUB, json, "of another repository")
                                .header("X-GitHub-Event", "push"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.send(gateway.signed(
                                        ForgeKind.GITHUB, TestGateway.pushPayload("other/one"), "of another repository")
                                .header("X-GitHub-Event", "push"))
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not JSON | '' | JSON",
                "{} | /repository | an object",
                "{\"repository\": {\"full_name\": \"x\"}} | /repository/full_name | owner/name",
            })
    void answers400WithThePointerAndWhatWasExpected(String body, String pointer, String expected) throws Exception {
        HttpResponse<String> response =
                gateway.send(gateway.signed(ForgeKind.GITHUB, body, "secret").header("X-GitHub-Event", "push"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("pointer").asText()).isEqualTo(pointer);
        assertThat(json(response).get("expected").asText()).contains(expected);
    }

    @Test
    void answers404To405To415InThisOrder() throws Exception {
        assertThat(gateway.send(gateway.request("/webhooks/nobody").GET()).statusCode())
                .isEqualTo(404);
        HttpResponse<String> get =
                gateway.send(gateway.request("/webhooks/gitea?payload=%7B%7D").GET());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).contains("POST");
        for (String type : List.of("text/plain", "multipart/form-data; boundary=x", "application/jsonp")) {
            assertThat(gateway.send(gateway.request("/webhooks/gitea")
                                    .header("Content-Type", type)
                                    .POST(BodyPublishers.ofString(EMPTY)))
                            .statusCode())
                    .isEqualTo(415);
        }
        assertThat(gateway.send(gateway.request("/webhooks/gitea").POST(BodyPublishers.ofString(EMPTY)))
                        .statusCode())
                .isEqualTo(415);
        assertThat(gateway.send(gateway.signed(ForgeKind.GITEA, EMPTY, "secret").header("Content-Encoding", "br"))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void takesFormsSignedOverTheRawBodyFromGithub() throws Exception {
        String form = TestGateway.form(TestGateway.pushPayload("octo/form"));

        HttpResponse<String> response = gateway.send(form(ForgeKind.GITHUB, form)
                .header("X-Hub-Signature-256", "sha256=" + TestGateway.hmac("secret", form))
                .header("X-GitHub-Event", "push"));

        assertThat(response.statusCode()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({"GITEA,X-Gitea-Signature", "FORGEJO,X-Forgejo-Signature"})
    void takesFormsSignedOverTheDecodedJson(ForgeKind kind, String header) throws Exception {
        String json = Fixture.read("gitea/push-as-form").json();
        String form = TestGateway.form(json);

        assertThat(gateway.send(form(kind, form)
                                .header(header, TestGateway.hmac("secret", json))
                                .header("X-Gitea-Event", "push"))
                        .statusCode())
                .isEqualTo(202);
        assertThat(gateway.send(form(kind, form)
                                .header(header, TestGateway.hmac("secret", form))
                                .header("X-Gitea-Event", "push"))
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"GITHUB,payload=%zz", "GITHUB,nothing=1", "GITHUB,payload=%7", "GITHUB,''"})
    void answers400ToFormsWithoutPayload(ForgeKind kind, String form) throws Exception {
        assertThat(gateway.send(form(kind, form)
                                .header("X-Hub-Signature-256", "sha256=" + TestGateway.hmac("secret", form)))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void takesNoFormsFromGitlab() throws Exception {
        assertThat(gateway.send(form(ForgeKind.GITLAB, "payload={}").header("X-Gitlab-Token", "secret"))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void countsByForgeAndOutcomeWithoutMakingMetersForStrangers() throws Exception {
        double before = gateway.count(ForgeKind.GITHUB, Outcome.UNSIGNED);
        gateway.send(gateway.signed(ForgeKind.GITHUB, EMPTY, "wrong"));
        int meters = gateway.meters.getMeters().size();
        gateway.send(gateway.request("/webhooks/" + UUID.randomUUID()).POST(BodyPublishers.noBody()));

        assertThat(gateway.count(ForgeKind.GITHUB, Outcome.UNSIGNED)).isEqualTo(before + 1);
        assertThat(gateway.meters.getMeters()).hasSize(meters);
    }

    private static HttpRequest.Builder form(ForgeKind kind, String form) {
        return gateway.request("/webhooks/" + kind.word())
                .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                .POST(BodyPublishers.ofString(form));
    }

    private static long countOf(String repository) throws Exception {
        long count = 0;
        for (CloudEvent event : gateway.events(Topic.PUSH)) {
            if (EventCodec.decode(event) instanceof PushEvent push
                    && push.repository().toString().equals(repository)) {
                count++;
            }
        }
        return count;
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return Json.mapper().readTree(response.body());
    }

    private static String eventId(HttpResponse<String> response) throws IOException {
        return json(response).get("eventId").asText();
    }
}
