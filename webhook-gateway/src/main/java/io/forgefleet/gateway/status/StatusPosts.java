package io.forgefleet.gateway.status;

import io.forgefleet.events.run.CommitStatus;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns partitions of {@code fleet.statuses}, as a consumer group, and fills the {@link Outbox} with them. A partition is
 * read from its beginning whenever it comes into hand, since what was posted last is told by the records before the
 * committed offset; only what stands after it is posted. An offset is committed when all before it is posted.
 *
 * <p>The commit is the sign of the session as well: it succeeds only while this member is in the group, and from then on
 * the broker gives its partitions to nobody for the time of a session ({@link PostTiming}).
 */
final class StatusPosts implements AutoCloseable {

    static final String GROUP = "status-posts";
    private static final Logger LOG = LoggerFactory.getLogger(StatusPosts.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SIGN = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofHours(1);

    /** A status that did not change for this long is of no interest to anybody, posted or not. */
    private static final Duration KEPT = Duration.ofDays(30);

    private final String topic;
    private final PostTiming timing;
    private final Outbox outbox;
    private final RecordPublisher publisher;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private Map<Integer, Long> committed = new HashMap<>();
    private long lastSign = System.nanoTime() - SIGN.toNanos();
    private long nextSweep = System.nanoTime() + SWEEP.toNanos();
    private volatile boolean closed;

    StatusPosts(KafkaSettings kafka, PostTiming timing, Outbox outbox, RecordPublisher publisher) {
        this.topic = kafka.topic(Topic.STATUSES);
        this.timing = timing;
        this.outbox = outbox;
        this.publisher = publisher;
        this.consumer = new KafkaConsumer<>(timing.consumer(kafka, GROUP));
        consumer.subscribe(List.of(topic), new Ownership());
        this.thread = Thread.ofPlatform().name("post-statuses").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(POLL)) {
                    read(entry);
                }
                rewrite();
                sign();
            } catch (WakeupException | InterruptException | InterruptedException e) {
                LOG.debug("posting of statuses was woken to stop");
            } catch (RebalanceInProgressException e) {
                LOG.debug("partitions of statuses change hands");
            } catch (KafkaException e) {
                LOG.warn("statuses cannot be read now, trying again: {}", e.toString());
                pause();
            }
        }
        Thread.interrupted();
        consumer.close();
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        CommitStatus status = null;
        if (entry.value() != null) {
            try {
                status = Json.read(entry.value(), CommitStatus.class);
            } catch (MalformedRecordException e) {
                LOG.warn("a status at offset {} is skipped: {}", entry.offset(), e.getMessage());
                return;
            }
        }
        outbox.read(entry.partition(), entry.offset(), Instant.ofEpochMilli(entry.timestamp()), entry.key(), status);
    }

    /** Keeps the topic small and its newest record per key the newest status. */
    private void rewrite() throws InterruptedException {
        for (CommitStatus status : outbox.takeOverwritten()) {
            publisher.publishDurably(Topic.STATUSES, status.key(), status.key(), Json.write(status));
        }
        if (System.nanoTime() - nextSweep >= 0) {
            nextSweep = System.nanoTime() + SWEEP.toNanos();
            for (String key : outbox.takeOlderThan(Instant.now().minus(KEPT))) {
                publisher.publishDurably(Topic.STATUSES, key, key, null);
            }
        }
    }

    /** Commits, where there is something to commit or to post and the last sign is a while ago. */
    private void sign() {
        Map<Integer, Long> done = outbox.done();
        long now = System.nanoTime();
        boolean wanted = !outbox.isEmpty() || !done.equals(committed);
        if (wanted && !done.isEmpty() && now - lastSign >= SIGN.toNanos()) {
            commit(done);
            lastSign = now;
            outbox.mayBeginUntil(now + timing.begin().toNanos());
        }
    }

    private void commit(Map<Integer, Long> done) {
        consumer.commitSync(done.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(topic, entry.getKey()),
                        entry -> new OffsetAndMetadata(entry.getValue()))));
        committed = done;
    }

    /** What happens when partitions come and go; called by poll and close, on the consumer's thread. */
    private final class Ownership implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata offset = offsets.get(partition);
                outbox.assigned(partition.partition(), offset == null ? 0 : offset.offset());
            }
            consumer.seekToBeginning(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            outbox.mayBeginUntil(System.nanoTime());
            try {
                if (!outbox.awaitQuiet(timing.post())) {
                    LOG.warn("a status was still under way when its partition went to another gateway");
                }
                commit(outbox.done());
            } catch (InterruptedException e) {
                LOG.debug("stopped without waiting for statuses under way");
            } catch (KafkaException e) {
                LOG.debug("what was posted last could not be committed and is posted once more: {}", e.toString());
            }
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            outbox.revoked(partitions.stream().map(TopicPartition::partition).toList());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            LOG.debug("woken to stop");
        }
    }

    /** Stops after the posts that are under way, and commits what is posted. */
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            if (!thread.join(timing.post().plusSeconds(2))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(3));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
