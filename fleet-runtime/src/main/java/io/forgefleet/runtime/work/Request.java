package io.forgefleet.runtime.work;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.EventRecords;
import io.forgefleet.runtime.topic.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record asks for: an event, which each kind makes of it what it will, or a job about one.
 *
 * @param job null for a record of an event topic
 */
record Request(ForgeEvent event, @Nullable Job job) {

    static Request read(ConsumerRecord<String, byte[]> entry) throws MalformedRecordException {
        if (entry.value() == null) {
            throw new MalformedRecordException("a record without a value", null);
        }
        if (entry.topic().endsWith(Topic.JOBS.kafkaName())) {
            Job job = Json.read(entry.value(), Job.class);
            return new Request(job.event(), job);
        }
        return new Request(EventRecords.decode(entry), null);
    }
}
