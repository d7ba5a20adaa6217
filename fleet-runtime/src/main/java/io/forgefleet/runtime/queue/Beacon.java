package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of the share group that wants another topic than the slots, and by that has every slot see all the work.
 *
 * <p>While all members of a group want the same topics, the broker's assignor ({@code SimpleAssignor}) spreads the
 * partitions of all those topics together: each goes to {@code ⌈members ÷ partitions⌉} members, mostly one, and what waits behind
 * a busy slot stays there while others are idle. As soon as one member wants another topic it goes topic by topic, and a topic of
 * one partition goes to all who want it. The topic wanted here has nothing for share groups; what comes is accepted unread.
 */
final class Beacon implements Runnable {

    static final Topic TOPIC = Topic.COMMANDS;

    private static final Logger LOG = LoggerFactory.getLogger(Beacon.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration REOPEN = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final ShareGroup group;
    private volatile boolean stopping;

    Beacon(KafkaSettings kafka, ShareGroup group) {
        this.kafka = kafka;
        this.group = group;
    }

    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        while (!stopping) {
            try (KafkaShareConsumer<String, byte[]> consumer =
                    new KafkaShareConsumer<>(kafka.shareConsumer(group.name()))) {
                consumer.subscribe(List.of(kafka.topic(TOPIC)));
                while (!stopping) {
                    for (ConsumerRecord<String, byte[]> unread : consumer.poll(POLL)) {
                        consumer.acknowledge(unread);
                    }
                }
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.debug("the beacon of {} is opened again: {}", group.name(), e.toString());
                try {
                    Thread.sleep(REOPEN);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }
}
