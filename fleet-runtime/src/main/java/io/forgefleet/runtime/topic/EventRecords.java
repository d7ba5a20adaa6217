package io.forgefleet.runtime.topic;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.MalformedRecordException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Events as they lie on the topics of forges: CloudEvents in binary mode. */
public final class EventRecords {

    private EventRecords() {}

    /**
     * Reads the event of a record.
     *
     * @throws MalformedRecordException when it is none of ours
     */
    public static ForgeEvent decode(ConsumerRecord<String, byte[]> entry) throws MalformedRecordException {
        if (entry.value() == null) {
            throw new MalformedRecordException("a record without a value", null);
        }
        try {
            return EventCodec.decode(KafkaMessageFactory.createReader(entry.headers(), entry.value())
                    .toEvent());
        } catch (CloudEventRWException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedRecordException("not a CloudEvent: " + e.getMessage(), e);
        }
    }
}
