package io.forgefleet.events.wire;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import java.net.URI;
import java.time.ZoneOffset;

/**
 * Events as CloudEvents 1.0. The data is the event in JSON, of the schema that {@code dataschema} names
 * ({@code schema/*.json} beside this class); the attributes repeat what routers want to see without reading it.
 */
public final class EventCodec {

    private static final String TYPE_PREFIX = "io.forgefleet.forge.";
    private static final String SCHEMA_PREFIX = "urn:forgefleet:schema:1:";

    private EventCodec() {}

    public static CloudEvent encode(ForgeEvent event) {
        String kind = kind(event);
        return CloudEventBuilder.v1()
                .withId(event.id().value())
                .withSource(URI.create("/forges/" + event.repository()))
                .withType(TYPE_PREFIX + kind)
                .withSubject(subject(event))
                .withTime(event.at().atOffset(ZoneOffset.UTC))
                .withDataContentType("application/json")
                .withDataSchema(URI.create(SCHEMA_PREFIX + kind))
                .withData(Json.write(event))
                .build();
    }

    /**
     * Reads an event back.
     *
     * @throws MalformedRecordException when it is none of ours
     */
    public static ForgeEvent decode(CloudEvent event) throws MalformedRecordException {
        CloudEventData data = event.getData();
        if (data == null || !event.getType().startsWith(TYPE_PREFIX)) {
            throw new MalformedRecordException("not a forge event: type " + event.getType(), null);
        }
        return Json.read(data.toBytes(), ForgeEvent.class);
    }

    /** Word for the event's type, as in its CloudEvents type and the name of its schema. */
    public static String kind(ForgeEvent event) {
        return switch (event) {
            case PushEvent push -> "push";
            case PullRequestEvent pullRequest -> "pull-request";
            case TagEvent tag -> "tag";
            case CommentEvent comment -> "comment";
        };
    }

    private static String subject(ForgeEvent event) {
        return switch (event) {
            case PushEvent push -> push.ref().value();
            case PullRequestEvent pullRequest -> "pull-requests/" + pullRequest.number();
            case TagEvent tag -> tag.ref().value();
            case CommentEvent comment -> "pull-requests/" + comment.number() + "/comments/" + comment.commentId();
        };
    }
}
