package io.forgefleet.runtime.work;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Workers of a made-up kind over a real broker, with every interval shortened, and what they left on its topics. */
final class TestFleet {

    static final WorkerKind KIND = new WorkerKind("trial");
    static final ShareGroup GROUP = new ShareGroup("trial", Duration.ofSeconds(2), 4, Duration.ofMillis(500));
    static final ClaimTiming CLAIMS =
            new ClaimTiming(Duration.ofSeconds(3), Duration.ofMillis(800), Duration.ofMillis(500));
    static final RunTiming TIMING =
            new RunTiming(3, Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofMillis(300));

    final KafkaSettings kafka;
    final RecordPublisher publisher;
    final RunStates states;
    final List<RunState> history = new CopyOnWriteArrayList<>();
    private final List<WorkerService> services = new ArrayList<>();

    TestFleet(String bootstrap, String prefix) throws Exception {
        kafka = new KafkaSettings(bootstrap, Map.of(), prefix);
        Topics.ensure(kafka, new TopicLayout(3, 1, List.of(GROUP)));
        publisher = new RecordPublisher(kafka);
        states = new RunStates(kafka, state -> state, history::add);
    }

    WorkerService start(int slots, Worker worker) {
        return start(slots, TIMING, worker);
    }

    WorkerService start(int slots, RunTiming timing, Worker worker) {
        return start(slots, timing, declaration(worker));
    }

    WorkerService start(int slots, RunTiming timing, WorkerDeclaration declaration) {
        WorkerService service = service(kafka, "worker-" + services.size(), slots, timing, declaration);
        services.add(service);
        return service;
    }

    /** One that nobody stops. */
    static WorkerService service(
            KafkaSettings kafka, String name, int slots, RunTiming timing, WorkerDeclaration declaration) {
        return new WorkerService(kafka, declaration, name, slots, GROUP, CLAIMS, timing, new SimpleMeterRegistry());
    }

    static WorkerDeclaration declaration(Worker worker) {
        return new WorkerDeclaration(
                KIND,
                Set.of(Topic.PUSH),
                (event, replay) -> Optional.of(new RunSubject(
                        KIND, event.id(), event.repository(), "trial", null, "refs/heads/main", null, replay)),
                worker);
    }

    static PushEvent push(int number) {
        RepositoryId repository = new RepositoryId("local", "team/app" + number % 7);
        RefName branch = RefName.branch("main");
        CommitId commit = new CommitId("%040x".formatted(number + 1));
        EventId id = EventId.derive(
                repository,
                branch.value(),
                "",
                commit.value(),
                "created",
                UUID.randomUUID().toString());
        return new PushEvent(id, repository, branch, PushEvent.Change.CREATED, null, commit, "somebody", Instant.now());
    }

    static RunId run(ForgeEvent event) {
        return RunId.derive(event.id().value(), KIND.name(), "trial", "");
    }

    void publish(ForgeEvent event) throws InterruptedException {
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
        String key = event.repository().toString();
        publisher.publishDurably(
                Topic.PUSH, key, key, encoded.value(), encoded.headers().toArray());
    }

    void publishRaw(byte[] value, Header... headers) throws InterruptedException {
        publisher.publishDurably(Topic.PUSH, "raw", "raw", value, headers);
    }

    /** State of a run, once it ended for good; null until then. */
    @Nullable
    RunState ended(ForgeEvent event) {
        RunState state = states.get(run(event));
        return state != null && state.isFinal() ? state : null;
    }

    void close() throws Exception {
        for (WorkerService service : services) {
            service.stop(Duration.ZERO);
        }
        states.close();
        publisher.close();
    }
}
