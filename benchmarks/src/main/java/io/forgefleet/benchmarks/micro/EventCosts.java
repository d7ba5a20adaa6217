package io.forgefleet.benchmarks.micro;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.benchmarks.intake.SignedPush;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.work.image.ImageTags;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An event on its way to Kafka and back, and the tag of its image. */
@State(Scope.Benchmark)
public class EventCosts {

    private final PushEvent event = SignedPush.event("00000000-0000-4000-8000-000000000001");
    private final CommitId commit = new CommitId("0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c");
    private final ProducerRecord<String, byte[]> written = encodeEvent();

    /** To a CloudEvent in binary mode. */
    @Benchmark
    public final ProducerRecord<String, byte[]> encodeEvent() {
        return KafkaMessageFactory.createWriter("forge.push", "hub/team/app").writeBinary(EventCodec.encode(event));
    }

    /** From a CloudEvent in binary mode. */
    @Benchmark
    public ForgeEvent decodeEvent() throws MalformedRecordException {
        return EventCodec.decode(KafkaMessageFactory.createReader(written.headers(), written.value())
                .toEvent());
    }

    /** The tag of a branch with everything in its name that tags do not take. */
    @Benchmark
    public String nameTag() {
        return ImageTags.ofBranch("feature/JIRA-1234_log--in.with+OAuth").tag(commit, 7, 1);
    }
}
