package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.claim.RecordRef;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final String ORIGIN = "fleet_origin";
    private static final Pattern REF = Pattern.compile("(\\S{1,249}) (\\d{1,9}) (\\d{1,18})");

    static Delivery of(ConsumerRecord<String, byte[]> content) {
        int now = content.deliveryCount().orElse((short) 1);
        return new Delivery(content, number(content, BEFORE) + now, now >= WORN);
    }

    private static String text(ConsumerRecord<String, byte[]> content, String name) {
        Header header = content.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static int number(ConsumerRecord<String, byte[]> content, String name) {
        try {
            return Integer.parseInt(text(content, name));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** For the record in its place: by these the count goes on, and it stays the same record for claims. */
    public Header[] inPlace() {
        RecordRef ref = ref();
        return new Header[] {
            header(BEFORE, Integer.toString(count)),
            header(ORIGIN, ref.topic() + " " + ref.partition() + " " + ref.offset())
        };
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Which record it is: the first one, where others were written in its place. So whoever is handed one of these waits for the
     * claim of who wrote it, as with the same record handed out again, and does not take that for a live run.
     */
    public RecordRef ref() {
        Matcher origin = REF.matcher(text(content, ORIGIN));
        return origin.matches()
                ? new RecordRef(origin.group(1), Integer.parseInt(origin.group(2)), Long.parseLong(origin.group(3)))
                : new RecordRef(content.topic(), content.partition(), content.offset());
    }
}
