package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.claim.RecordRef;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record in a worker's hands.
 *
 * @param count how often it was handed out, this time and as the records before it included, as far as the broker remembers; from 1.
 *     Not how often somebody got it: of a process that was killed the broker serves the slots that still ask, one after the
 *     other, before it has noticed
 * @param isWorn whether it was handed out so often that a record in its place has to be written rather than to hand it back: at
 *     its limit the broker drops a record silently
 */
public record Delivery(ConsumerRecord<String, byte[]> content, int count, boolean isWorn) {

    /** From so many deliveries of one record on. Far from any broker's limit, since one killed process can use up as many as it has slots. */
    static final int WORN = 3;

    private static final String BEFORE = "fleet_deliveries";

    static Delivery of(ConsumerRecord<String, byte[]> content) {
        int now = content.deliveryCount().orElse((short) 1);
        return new Delivery(content, before(content) + now, now >= WORN);
    }

    private static int before(ConsumerRecord<String, byte[]> content) {
        Header before = content.headers().lastHeader(BEFORE);
        try {
            return before == null ? 0 : Integer.parseInt(new String(before.value(), StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** For the record in its place, by which the count goes on. */
    public Header counted() {
        return new RecordHeader(BEFORE, Integer.toString(count).getBytes(StandardCharsets.UTF_8));
    }

    public RecordRef ref() {
        return new RecordRef(content.topic(), content.partition(), content.offset());
    }
}
