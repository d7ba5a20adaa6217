package io.forgefleet.runtime.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share lock on one record. Every act is committed by itself and its result looked at: a renewal that travelled
 * with {@code poll} would let the client fetch further records, whose locks would run out unseen in its buffer. Used by
 * the thread of its consumer alone.
 */
final class Lease {

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final Duration HAND_BACK = Duration.ofMillis(50);
    private static final int MOST_POLLS = 20;

    private final KafkaShareConsumer<String, byte[]> consumer;
    private ConsumerRecord<String, byte[]> content;
    private boolean held = true;

    Lease(KafkaShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> content) {
        this.consumer = consumer;
        this.content = content;
    }

    boolean isHeld() {
        return held;
    }

    /** Starts the lock time anew, as long as it is still ours. */
    void renew() {
        if (held) {
            held = commit(AcknowledgeType.RENEW) && handedBack();
        }
    }

    void end(Disposition disposition) {
        if (held) {
            held = false;
            commit(
                    switch (disposition) {
                        case ACCEPT -> AcknowledgeType.ACCEPT;
                        case RELEASE -> AcknowledgeType.RELEASE;
                        case REJECT -> AcknowledgeType.REJECT;
                    });
        }
    }

    private boolean commit(AcknowledgeType type) {
        try {
            consumer.acknowledge(content, type);
            Map<TopicIdPartition, Optional<KafkaException>> results = consumer.commitSync(COMMIT);
            Optional<KafkaException> failure =
                    results.values().stream().flatMap(Optional::stream).findFirst();
            failure.ifPresent(e -> lost(type, e));
            return failure.isEmpty() && !results.isEmpty();
        } catch (KafkaException | IllegalStateException e) {
            lost(type, e);
            return false;
        }
    }

    /** After a renewal the consumer hands the same record out again, and wants it acknowledged again. */
    private boolean handedBack() {
        try {
            for (int i = 0; i < MOST_POLLS; i++) {
                for (ConsumerRecord<String, byte[]> each : consumer.poll(i == 0 ? Duration.ZERO : HAND_BACK)) {
                    if (each.offset() == content.offset() && each.partition() == content.partition()) {
                        content = each;
                        return true;
                    }
                    consumer.acknowledge(each, AcknowledgeType.RELEASE);
                }
            }
            LOG.warn("{} was renewed, but not handed back: its lease counts as lost", content.offset());
        } catch (KafkaException | IllegalStateException e) {
            lost(AcknowledgeType.RENEW, e);
        }
        return false;
    }

    private void lost(AcknowledgeType type, RuntimeException e) {
        LOG.warn(
                "lease on {}-{}@{} is lost ({} failed: {}); the claim alone says now who may act",
                content.topic(),
                content.partition(),
                content.offset(),
                type,
                e.toString());
    }
}
