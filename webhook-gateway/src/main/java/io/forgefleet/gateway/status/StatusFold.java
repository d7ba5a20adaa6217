package io.forgefleet.gateway.status;

import io.forgefleet.events.run.CommitStatus;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds {@code fleet.runs} into {@code fleet.statuses}, as a consumer group. Offsets are committed after the statuses
 * are durable, so that a crash writes some of them twice; whoever reads them goes by {@link CommitStatus#supersedes}.
 */
final class StatusFold implements AutoCloseable {

    static final String GROUP = "commit-statuses";
    private static final Logger LOG = LoggerFactory.getLogger(StatusFold.class);
    private static final Duration POLL = Duration.ofMillis(500);

    /** The last status that was written for a run, so that a state that changes nothing in it writes none. */
    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, CommitStatus> written = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CommitStatus> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private final StatusMapping mapping;
    private final RecordPublisher publisher;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean closed;

    StatusFold(KafkaSettings kafka, PostTiming timing, StatusMapping mapping, RecordPublisher publisher) {
        this.mapping = mapping;
        this.publisher = publisher;
        this.consumer = new KafkaConsumer<>(timing.consumer(kafka, GROUP));
        consumer.subscribe(List.of(kafka.topic(Topic.RUNS)));
        this.thread = Thread.ofPlatform().name("fold-statuses").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                ConsumerRecords<String, byte[]> entries = consumer.poll(POLL);
                if (!entries.isEmpty()) {
                    fold(entries);
                    // the next statuses need not wait for it: what is not committed is folded again, to the same
                    consumer.commitAsync();
                }
            } catch (WakeupException | InterruptException | InterruptedException e) {
                LOG.debug("folding of statuses was woken to stop");
            } catch (RebalanceInProgressException e) {
                LOG.debug("partitions of runs change hands");
            } catch (KafkaException e) {
                LOG.warn("run states cannot be folded now, trying again: {}", e.toString());
                pause();
            }
        }
        Thread.interrupted();
        consumer.close();
    }

    private void fold(ConsumerRecords<String, byte[]> entries) throws InterruptedException {
        Map<String, CommitStatus> newest = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> entry : entries) {
            if (entry.value() == null) {
                continue;
            }
            try {
                mapping.of(Json.read(entry.value(), RunState.class))
                        .ifPresent(status ->
                                newest.merge(status.key(), status, (old, now) -> now.supersedes(old) ? now : old));
            } catch (MalformedRecordException e) {
                LOG.warn("a run state at offset {} is skipped: {}", entry.offset(), e.getMessage());
            }
        }
        for (CommitStatus status : newest.values()) {
            CommitStatus before = written.get(status.key());
            if (before == null || saysMore(status, before)) {
                publisher.publishDurably(Topic.STATUSES, status.key(), status.key(), Json.write(status));
                written.put(status.key(), status);
            }
        }
    }

    /** Whether it is newer and not the same to whoever sees it. */
    private static boolean saysMore(CommitStatus status, CommitStatus before) {
        return status.supersedes(before)
                && !(status.run().equals(before.run())
                        && status.state() == before.state()
                        && status.description().equals(before.description()));
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            LOG.debug("woken to stop");
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            if (!thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(3));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
