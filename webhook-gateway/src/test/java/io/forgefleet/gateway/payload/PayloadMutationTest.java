package io.forgefleet.gateway.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.wire.EventCodec;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in whichever field: an answer comes, and an event that comes of it can be published. */
class PayloadMutationTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a field may hold instead; null removes it. */
    private static final List<@Nullable JsonNode> VALUES = values();

    private static List<@Nullable JsonNode> values() {
        List<@Nullable JsonNode> values = new ArrayList<>();
        values.add(null);
        values.add(JSON.getNodeFactory().nullNode());
        Stream.of(
                        "",
                        "\ud83d",
                        "\u0000\u202e../../$(reboot)",
                        "x".repeat(70_000),
                        "0".repeat(40),
                        -1,
                        Long.MAX_VALUE,
                        new BigInteger("9".repeat(900)),
                        1.5e300,
                        true,
                        List.of(List.of()),
                        Map.of("full_name", 1, "sha", false))
                .forEach(value -> values.add(JSON.valueToTree(value)));
        return values;
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void answersWhateverStandsInAnyField(Fixture fixture) throws IOException {
        ForgeKind kind = ForgeKind.parse(fixture.kind());
        PayloadParser parser = PayloadParser.of(kind, "forge", PayloadFixturesTest.CLOCK);
        JsonNode payload = JSON.readTree(fixture.json());

        forEachMutation(payload, payload, parser.outline, fixture.headers(), parser);
    }

    static Stream<Fixture> fixtures() {
        return Stream.of(
                        "github/push-branch-updated",
                        "github/push-tag-annotated",
                        "github/pull-synchronize",
                        "github/pull-retargeted",
                        "github/pull-merged",
                        "github/comment-on-pull",
                        "gitea/push-branch-updated",
                        "gitea/push-tag-annotated",
                        "gitea/delete-branch",
                        "gitea/pull-ready",
                        "gitea/pull-labelled",
                        "gitea/comment-on-pull",
                        "gitlab/push-branch-updated",
                        "gitlab/push-tag-annotated",
                        "gitlab/merge-synchronized",
                        "gitlab/merge-ready-old",
                        "gitlab/note-on-merge")
                .map(Fixture::read);
    }

    private static void forEachMutation(
            JsonNode root, JsonNode at, @Nullable Outline outline, MultiMap headers, PayloadParser parser)
            throws IOException {
        if (at instanceof ArrayNode array && !array.isEmpty()) {
            forEachMutation(root, array.get(0), null, headers, parser);
        }
        if (!(at instanceof ObjectNode object)) {
            return;
        }
        for (String name : names(object)) {
            Outline wanted = outline == null ? null : outline.field(name);
            JsonNode original = object.get(name);
            for (JsonNode value : wanted == null ? VALUES.subList(0, 2) : VALUES) {
                if (value == null) {
                    object.remove(name);
                } else {
                    object.set(name, value);
                }
                check(root, headers, parser);
            }
            object.set(name, original);
            forEachMutation(root, original, wanted, headers, parser);
        }
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void check(JsonNode root, MultiMap headers, PayloadParser parser) throws IOException {
        Reading reading = parser.parse(headers, ByteBuffer.wrap(JSON.writeValueAsBytes(root)));
        if (reading instanceof Reading.Event event) {
            assertThat(EventCodec.encode(event.event()).getId()).isNotEmpty();
        } else if (reading instanceof Reading.Malformed malformed) {
            assertThat(malformed.expected()).isNotEmpty();
            assertThat(malformed.pointer()).matches("(/[a-z_]+)*");
        }
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void answersWithoutAnyHeader(ForgeKind kind) {
        Reading reading = PayloadParser.of(kind, "forge", PayloadFixturesTest.CLOCK)
                .parse(MultiMap.caseInsensitiveMultiMap(), ByteBuffer.wrap(new byte[] {'{', '}'}));

        assertThat(reading).isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void ignoresUnknownFieldsAnywhere() throws IOException {
        Fixture fixture = Fixture.read("github/pull-synchronize");
        JsonNode payload = JSON.readTree(fixture.json());
        everyObject(payload, object -> object.set("later_addition", JSON.valueToTree(List.of(1, "x"))));
        PayloadParser parser = PayloadParser.of(ForgeKind.GITHUB, "forge", PayloadFixturesTest.CLOCK);

        assertThat(parser.parse(fixture.headers(), ByteBuffer.wrap(JSON.writeValueAsBytes(payload))))
                .isEqualTo(parser.parse(fixture.headers(), fixture.jsonBytes()));
    }

    private static void everyObject(JsonNode node, Consumer<ObjectNode> change) {
        node.forEach(child -> everyObject(child, change));
        if (node instanceof ObjectNode object) {
            change.accept(object);
        }
    }
}
