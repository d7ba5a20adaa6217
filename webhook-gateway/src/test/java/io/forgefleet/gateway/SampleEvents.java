package io.forgefleet.gateway;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Instant;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Events as the gateway accepts them. */
public final class SampleEvents {

    private SampleEvents() {}

    public static PushEvent push(String repository, String branch, int commit, Instant at) {
        RepositoryId id = RepositoryId.parse(repository);
        RefName ref = RefName.branch(branch);
        return new PushEvent(
                EventId.derive(id, ref.value(), "", SampleRuns.commit(commit).value(), "push", at.toString()),
                id,
                ref,
                PushEvent.Change.CREATED,
                null,
                SampleRuns.commit(commit),
                "ann",
                at);
    }

    public static PushEvent deletion(String repository, String branch, int commit, Instant at) {
        RepositoryId id = RepositoryId.parse(repository);
        RefName ref = RefName.branch(branch);
        return new PushEvent(
                EventId.derive(id, ref.value(), SampleRuns.commit(commit).value(), "", "delete", at.toString()),
                id,
                ref,
                PushEvent.Change.DELETED,
                SampleRuns.commit(commit),
                null,
                "ann",
                at);
    }

    public static PullRequestEvent pullRequest(
            String repository, long number, PullRequestEvent.Action action, int commit, Instant at) {
        RepositoryId id = RepositoryId.parse(repository);
        return new PullRequestEvent(
                EventId.derive(id, "#" + number, "", SampleRuns.commit(commit).value(), action.name(), at.toString()),
                id,
                number,
                action,
                SampleRuns.commit(commit),
                "feature",
                RefName.branch("main"),
                false,
                false,
                "ann",
                at);
    }

    /** Publishes events in CloudEvents' binary mode. */
    public static void publish(KafkaSettings kafka, ForgeEvent... events) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (ForgeEvent event : events) {
                Topic topic = event instanceof PushEvent ? Topic.PUSH : Topic.PULL_REQUEST;
                CloudEvent cloudEvent = EventCodec.encode(event);
                ProducerRecord<String, byte[]> entry = KafkaMessageFactory.<String>createWriter(
                                kafka.topic(topic), event.repository().toString())
                        .writeBinary(cloudEvent);
                producer.send(entry).get();
            }
        }
    }
}
