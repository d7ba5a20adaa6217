package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes records that could not be worked on to {@code forge.dead-letter}, unchanged, with their cause as headers. */
public final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int MOST_CAUSE = 4000;

    private final RecordPublisher publisher;
    private final String group;

    public DeadLetters(RecordPublisher publisher, String group) {
        this.publisher = publisher;
        this.group = group;
    }

    /** Returns when the letter is durable. */
    public void write(Delivery delivery, String cause) throws InterruptedException {
        LOG.error("{} is given up after {} deliveries: {}", delivery.ref(), delivery.count(), cause);
        List<Header> headers =
                new ArrayList<>(List.of(delivery.content().headers().toArray()));
        headers.add(header("dl_cause", cause.substring(0, Math.min(cause.length(), MOST_CAUSE))));
        headers.add(header("dl_origin", delivery.ref().toString()));
        headers.add(header("dl_deliveries", Integer.toString(delivery.count())));
        headers.add(header("dl_group", group));
        String key = delivery.content().key() == null ? "" : delivery.content().key();
        publisher.publishDurably(
                Topic.DEAD_LETTER, key, key, delivery.content().value(), headers.toArray(Header[]::new));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
