package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.claim.RecordRef;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record in a worker's hands.
 *
 * @param count how often it was handed out, this time included, as far as the broker remembers; from 1
 * @param isLast whether the broker would drop it, were it handed back once more
 */
public record Delivery(ConsumerRecord<String, byte[]> content, int count, boolean isLast) {

    public RecordRef ref() {
        return new RecordRef(content.topic(), content.partition(), content.offset());
    }
}
