package io.forgefleet.gateway.api;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log of one run from {@code fleet.logs}, chunk by chunk, skipping those of other runs in its partition and
 * what a displaced worker wrote after its successor. Holds about 1 MB. For one thread.
 */
final class LogReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    /** Clocks of workers and brokers may differ by this much. */
    private static final Duration SKEW = Duration.ofMinutes(10);

    /** A place in the log: what has been read up to. */
    record Place(long epoch, long sequence) {

        static final Place START = new Place(-1, -1);

        boolean isBefore(LogChunk chunk) {
            return chunk.epoch() > epoch || (chunk.epoch() == epoch && chunk.sequence() > sequence);
        }
    }

    private final RunId run;
    private final KafkaConsumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private Place place;
    private long end = Long.MAX_VALUE;

    /**
     * Looks for the begin.
     *
     * @param from when the run began
     * @param place what the caller has already
     */
    LogReader(KafkaSettings kafka, RunId run, Instant from, Place place) {
        this.run = run;
        this.place = place;
        Map<String, Object> settings = new HashMap<>(kafka.consumer());
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 512 * 1024);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 * 1024);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 200);
        this.consumer = new KafkaConsumer<>(settings);
        String topic = kafka.topic(Topic.LOGS);
        int partitions = Math.max(1, consumer.partitionsFor(topic).size());
        this.partition =
                new TopicPartition(topic, Utils.toPositive(Utils.murmur2(Utils.utf8(run.value()))) % partitions);
        consumer.assign(List.of(partition));
        var found = consumer.offsetsForTimes(
                        Map.of(partition, Math.max(0, from.minus(SKEW).toEpochMilli())))
                .get(partition);
        if (found == null) {
            consumer.seekToEnd(List.of(partition));
        } else {
            consumer.seek(partition, found.offset());
        }
    }

    /** The next chunks, perhaps none; waits for them at most this long. */
    List<LogChunk> poll(Duration atMost) {
        List<LogChunk> chunks = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> entry : consumer.poll(atMost)) {
            if (run.value().equals(entry.key()) && entry.value() != null) {
                add(entry, chunks);
            }
        }
        return chunks;
    }

    private void add(ConsumerRecord<String, byte[]> entry, List<LogChunk> chunks) {
        try {
            LogChunk chunk = Json.read(entry.value(), LogChunk.class);
            if (place.isBefore(chunk)) {
                place = new Place(chunk.epoch(), chunk.sequence());
                chunks.add(chunk);
            }
        } catch (MalformedRecordException e) {
            LOG.warn("a log chunk at {}@{} is skipped: {}", partition, entry.offset(), e.getMessage());
        }
    }

    /** Lets {@link #isAtEnd} mean the end as it is now. */
    void endHere() {
        end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    boolean isAtEnd() {
        return end != Long.MAX_VALUE && consumer.position(partition) >= end;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
