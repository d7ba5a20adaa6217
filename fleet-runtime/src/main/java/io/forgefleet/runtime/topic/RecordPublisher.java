package io.forgefleet.runtime.topic;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes records for code on virtual threads. Thread-safe; records of one thread for one partition keep their order. */
public final class RecordPublisher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RecordPublisher.class);
    private static final Duration RETRY = Duration.ofMillis(300);

    private final KafkaSettings settings;
    private final KafkaProducer<String, byte[]> producer;

    public RecordPublisher(KafkaSettings settings) {
        this.settings = settings;
        this.producer = new KafkaProducer<>(settings.producer());
    }

    /**
     * Sends a record and does not wait; the future fails when Kafka did not take it within 3 s.
     *
     * @param partitionKey what decides the partition; the record's key where that decides itself
     * @param value null for a tombstone
     */
    public CompletableFuture<Void> publish(
            Topic topic, String partitionKey, String key, byte @Nullable [] value, Header... headers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            String name = settings.topic(topic);
            List<PartitionInfo> partitions = producer.partitionsFor(name);
            int partition = Utils.toPositive(Utils.murmur2(Utils.utf8(partitionKey))) % Math.max(1, partitions.size());
            var unused = producer.send(
                    new ProducerRecord<>(name, partition, key, value, List.of(headers)), (sent, failure) -> {
                        if (failure == null) {
                            done.complete(null);
                        } else {
                            done.completeExceptionally(failure);
                        }
                    });
        } catch (KafkaException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    /**
     * Sends a record and returns when it is durable; while Kafka is away it goes on trying, so that what was done is
     * never left unsaid.
     *
     * @throws InterruptedException when the waiting thread is interrupted; the record may or may not be there then
     */
    public void publishDurably(Topic topic, String partitionKey, String key, byte @Nullable [] value, Header... headers)
            throws InterruptedException {
        for (boolean told = false; ; told = true) {
            try {
                publish(topic, partitionKey, key, value, headers).get();
                return;
            } catch (ExecutionException e) {
                if (!told) {
                    log.warn(
                            "{} cannot be written now, trying again: {}",
                            topic.kafkaName(),
                            String.valueOf(e.getCause()));
                }
                Thread.sleep(RETRY);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
