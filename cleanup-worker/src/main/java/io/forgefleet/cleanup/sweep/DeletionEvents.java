package io.forgefleet.cleanup.sweep;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.cleanup.apply.Told;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.ArtifactDeleted;
import io.forgefleet.events.wire.ArtifactCodec;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of deletions, as events that are durable before the ledger forgets what they are about. Thread-safe. */
public final class DeletionEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeletionEvents.class);

    private final RecordPublisher publisher;

    public DeletionEvents(KafkaSettings kafka) {
        this.publisher = new RecordPublisher(kafka);
    }

    /** Whoever hears of what goes of one image. */
    Told of(RepositoryId repository, String image) {
        return (digest, tags, entries, reason) -> {
            LOG.info("artifact.deleted {}@{} {}: {}", image, digest, tags, reason);
            String happening = image + "@" + digest + " " + new TreeSet<>(entries);
            String id = Digest.of(happening.getBytes(StandardCharsets.UTF_8)).value();
            publish(new ArtifactDeleted(id, repository, image, digest, tags, reason, Instant.now()));
        };
    }

    private void publish(ArtifactDeleted deleted) throws InterruptedException {
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(ArtifactCodec.encode(deleted));
        String key = deleted.repository().toString();
        publisher.publishDurably(
                Topic.ARTIFACTS, key, key, encoded.value(), encoded.headers().toArray());
    }

    @Override
    public void close() {
        publisher.close();
    }
}
