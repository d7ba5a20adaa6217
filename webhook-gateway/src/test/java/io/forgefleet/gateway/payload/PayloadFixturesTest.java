package io.forgefleet.gateway.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.signature.SignatureVerifier;
import io.forgefleet.gateway.signature.WebhookSecret;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every recorded or documented delivery against what it must be read as, in {@code expected.json} of its folder. With
 * {@code -Dfixtures.update=true} that file is written anew instead: read the difference.
 */
class PayloadFixturesTest {

    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
    private static final ObjectMapper JSON = Json.mapper();

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITEA", "GITLAB"})
    void readsEachFixtureAsExpected(ForgeKind kind) throws IOException {
        Map<String, JsonNode> read = new TreeMap<>();
        for (Fixture fixture : Fixture.all(kind.word())) {
            read.put(fixture.name().substring(kind.word().length() + 1), described(parse(kind, fixture)));
        }
        Path expected = Fixture.FOLDER.resolve(kind.word()).resolve("expected.json");
        if (Boolean.getBoolean("fixtures.update")) {
            Files.writeString(expected, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(read) + "\n");
        }
        JsonNode wanted = JSON.readTree(Files.readString(expected));
        assertThat(read.keySet()).containsExactlyElementsOf(wanted::fieldNames);
        read.forEach((name, reading) -> assertThat(reading).as(name).isEqualTo(wanted.get(name)));
    }

    @ParameterizedTest
    @MethodSource("giteaFixtures")
    void readsForgejosDeliveriesLikeThoseOfGitea(Fixture gitea) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("X-Forgejo-Event", gitea.headers().get("X-Gitea-Event"))
                .add("X-Forgejo-Event-Type", gitea.headers().get("X-Gitea-Event-Type"))
                .add("X-Forgejo-Delivery", gitea.headers().get("X-Gitea-Delivery"));
        Fixture forgejo = new Fixture(gitea.name(), headers, gitea.body());

        assertThat(parse(ForgeKind.FORGEJO, forgejo)).isEqualTo(parse(ForgeKind.GITEA, gitea));
        assertThat(parse(ForgeKind.FORGEJO, gitea)).isEqualTo(parse(ForgeKind.GITEA, gitea));
    }

    @Test
    void readsFullRefsInForgejosDeletions() {
        Fixture gitea = Fixture.read("gitea/delete-branch");
        Fixture forgejo = new Fixture(
                gitea.name(),
                gitea.headers(),
                gitea.body().replace("\"ref\": \"topic\"", "\"ref\": \"refs/heads/topic\""));

        assertThat(forgejo.body()).isNotEqualTo(gitea.body());
        assertThat(parse(ForgeKind.FORGEJO, forgejo)).isEqualTo(parse(ForgeKind.GITEA, gitea));
    }

    @ParameterizedTest
    @MethodSource("giteaFixtures")
    void verifiesTheSignaturesThatGiteaMade(Fixture fixture) {
        for (ForgeKind kind : List.of(ForgeKind.GITEA, ForgeKind.FORGEJO)) {
            SignatureVerifier verifier = SignatureVerifier.of(
                    kind, List.of(WebhookSecret.ofForge(GiteaRecorder.SECRET)), InstantSource.system());
            assertThat(verifier.signers(fixture.headers(), fixture.jsonBytes())).hasSize(1);
        }
    }

    static Stream<Fixture> giteaFixtures() {
        return Fixture.all("gitea").stream();
    }

    static Reading parse(ForgeKind kind, Fixture fixture) {
        return PayloadParser.of(kind, "forge", CLOCK).parse(fixture.headers(), fixture.jsonBytes());
    }

    private static JsonNode described(Reading reading) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        return switch (reading) {
            case Reading.Event event -> node.set("event", JSON.readTree(Json.write(event.event())));
            case Reading.Ignored ignored -> node.put("ignored", ignored.why());
            case Reading.Malformed malformed -> node.put("malformed", malformed.pointer());
        };
    }
}
