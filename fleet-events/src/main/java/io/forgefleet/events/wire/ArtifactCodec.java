package io.forgefleet.events.wire;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.forgefleet.events.ledger.ArtifactDeleted;
import java.net.URI;
import java.time.ZoneOffset;

/** What became of artifacts, as CloudEvents 1.0. */
public final class ArtifactCodec {

    private static final String DELETED = "io.forgefleet.artifact.deleted";

    private ArtifactCodec() {}

    public static CloudEvent encode(ArtifactDeleted deleted) {
        return CloudEventBuilder.v1()
                .withId(deleted.id())
                .withSource(URI.create("/forges/" + deleted.repository()))
                .withType(DELETED)
                .withSubject(deleted.image() + "@" + deleted.digest())
                .withTime(deleted.at().atOffset(ZoneOffset.UTC))
                .withDataContentType("application/json")
                .withDataSchema(URI.create("urn:forgefleet:schema:1:artifact-deleted"))
                .withData(Json.write(deleted))
                .build();
    }

    /**
     * Reads a deletion back.
     *
     * @throws MalformedRecordException when it is none
     */
    public static ArtifactDeleted decode(CloudEvent event) throws MalformedRecordException {
        CloudEventData data = event.getData();
        if (data == null || !event.getType().equals(DELETED)) {
            throw new MalformedRecordException("not the deletion of an artifact: type " + event.getType(), null);
        }
        return Json.read(data.toBytes(), ArtifactDeleted.class);
    }
}
