package io.forgefleet.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.forgefleet.events.ContractValues;
import io.forgefleet.events.ForgeEvent;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {

    @Property
    @Domain(ContractValues.class)
    void readsWhatItWrites(@ForAll ForgeEvent event) throws MalformedRecordException {
        assertThat(EventCodec.decode(EventCodec.encode(event))).isEqualTo(event);
    }

    @Property
    @Domain(ContractValues.class)
    void writesWhatTheSchemaSays(@ForAll ForgeEvent event) throws IOException {
        CloudEvent encoded = EventCodec.encode(event);
        JsonSchema schema = schema(EventCodec.kind(event));

        assertThat(encoded.getDataSchema()).hasToString("urn:forgefleet:schema:1:" + EventCodec.kind(event));
        assertThat(schema.getSchemaNode().get("$id").asText()).isEqualTo(String.valueOf(encoded.getDataSchema()));
        assertThat(schema.validate(data(encoded))).isEmpty();
    }

    /** A schema that allowed everything would pass the test above. */
    @Property(tries = 50)
    @Domain(ContractValues.class)
    void schemaRefusesEachFieldThatIsMissingOrOfAnotherType(@ForAll ForgeEvent event) throws IOException {
        ObjectNode whole = (ObjectNode) data(EventCodec.encode(event));
        JsonSchema schema = schema(EventCodec.kind(event));
        List<String> names = new ArrayList<>();
        whole.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            ObjectNode missing = whole.deepCopy();
            missing.remove(name);
            assertThat(schema.validate(missing)).as("without " + name).isNotEmpty();
            assertThat(schema.validate(whole.deepCopy().put(name, 0.5)))
                    .as(name)
                    .isNotEmpty();
        }
    }

    @Property(tries = 50)
    @Domain(ContractValues.class)
    void ignoresFieldsOfNewerWriters(@ForAll ForgeEvent event) throws MalformedRecordException, IOException {
        CloudEvent encoded = EventCodec.encode(event);
        ObjectNode newer = (ObjectNode) data(encoded);
        newer.put("later", "addition");

        assertThat(EventCodec.decode(withData(encoded, Json.write(newer)))).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"type\":\"push\"}",
                "{\"type\":\"other\"}",
                "{\"type\":\"push\",\"id\":\"x\"}",
                "{\"type\":\"push\",\"ref\":{\"ref\":1}}",
            })
    void refusesWhatIsNoEvent(String data) {
        CloudEvent event = CloudEventBuilder.v1()
                .withId("1")
                .withSource(URI.create("/x"))
                .withType("io.forgefleet.forge.push")
                .withData(data.getBytes(UTF_8))
                .build();

        assertThatThrownBy(() -> EventCodec.decode(event)).isInstanceOf(MalformedRecordException.class);
    }

    @Property(tries = 1)
    @Domain(ContractValues.class)
    void refusesEventsOfOthers(@ForAll ForgeEvent event) {
        CloudEvent foreign = CloudEventBuilder.v1(EventCodec.encode(event))
                .withType("com.example.push")
                .build();

        assertThatThrownBy(() -> EventCodec.decode(foreign)).isInstanceOf(MalformedRecordException.class);
    }

    private static CloudEvent withData(CloudEvent event, byte[] data) {
        return CloudEventBuilder.v1(event).withData(data).build();
    }

    private static JsonNode data(CloudEvent event) throws IOException {
        CloudEventData data = Objects.requireNonNull(event.getData());
        return Json.mapper().readTree(data.toBytes());
    }

    private static JsonSchema schema(String kind) throws IOException {
        try (var in = EventCodec.class.getResourceAsStream("schema/" + kind + ".json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Json.mapper().readTree(in));
        }
    }
}
