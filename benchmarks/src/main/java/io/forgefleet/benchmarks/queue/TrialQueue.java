package io.forgefleet.benchmarks.queue;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.runtime.topic.TopicsException;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Topics and share group of a made-up worker kind under a prefix of their own, and the processes that work on them. */
final class TrialQueue implements AutoCloseable {

    static final WorkerKind KIND = new WorkerKind("trial");
    static final ShareGroup GROUP = Intervals.DEFAULTS.shareGroup(KIND.name());
    static final String STEP = "work";

    /** Name of the repositories whose runs never sleep. */
    static final String QUICK = "quick";

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 50;

    private final Bench bench;
    private final KafkaSettings kafka;
    private final RecordPublisher publisher;
    private final RunStates states;
    private final RunWatch watch = new RunWatch();
    private final List<ManagedProcess> workers = new ArrayList<>();
    private int published;

    TrialQueue(Bench bench, String bootstrap, String prefix, int partitions)
            throws TopicsException, InterruptedException {
        this.bench = bench;
        this.kafka = new KafkaSettings(bootstrap, Map.of(), prefix);
        Topics.ensure(kafka, new TopicLayout(partitions, 1, List.of(GROUP)));
        this.publisher = new RecordPublisher(kafka);
        this.states = new RunStates(kafka, state -> state.withoutSteps(), watch::saw);
    }

    static WorkerDeclaration declaration(Worker worker) {
        return new WorkerDeclaration(
                KIND,
                Set.of(Topic.PUSH),
                (event, replay) -> Optional.of(new RunSubject(
                        KIND, event.id(), event.repository(), KIND.name(), null, "refs/heads/main", null, replay)),
                worker);
    }

    RunWatch watch() {
        return watch;
    }

    ManagedProcess startWorker(String name, int slots, long sleepMillis) {
        ManagedProcess worker = bench.startJava(
                kafka.topicPrefix() + name,
                TrialWorkerMain.class,
                List.of(
                        kafka.bootstrap(),
                        kafka.topicPrefix(),
                        name,
                        Integer.toString(slots),
                        Long.toString(sleepMillis)));
        workers.add(worker);
        return worker;
    }

    /** Waits until so many slots have been assigned partitions. */
    void awaitSlots(int slots) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try (Admin admin = Admin.create(kafka.admin())) {
            while (assigned(admin) != slots) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException(
                            assigned(admin) + " instead of " + slots + " slots were there after " + READY_WITHIN);
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private long assigned(Admin admin) throws InterruptedException {
        String group = kafka.group(GROUP.name());
        try {
            return admin.describeShareGroups(List.of(group)).all().get().values().stream()
                    .flatMap(description -> description.members().stream())
                    .filter(this::takesPushes)
                    .count();
        } catch (ExecutionException e) {
            return 0; // no member has joined yet
        }
    }

    private boolean takesPushes(ShareMemberDescription member) {
        return member.assignment().topicPartitions().stream()
                .anyMatch(partition -> partition.topic().equals(kafka.topic(Topic.PUSH)));
    }

    /** Publishes so many events, of as many repositories, and returns the runs that they ask for. */
    List<RunId> publish(int events) throws InterruptedException {
        return publish(events, "app");
    }

    /** As {@link #publish(int)}, for runs that do not sleep whatever the workers were told. */
    List<RunId> publishQuick(int events) throws InterruptedException {
        return publish(events, QUICK);
    }

    private List<RunId> publish(int events, String name) throws InterruptedException {
        List<RunId> runs = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            ForgeEvent event = push(published++, name);
            runs.add(RunId.derive(event.id().value(), KIND.name(), KIND.name(), ""));
            ProducerRecord<Void, byte[]> encoded =
                    KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
            String key = event.repository().toString();
            var unused = publisher.publish(
                    Topic.PUSH, key, key, encoded.value(), encoded.headers().toArray());
        }
        return runs;
    }

    private static ForgeEvent push(int number, String name) {
        RepositoryId repository = new RepositoryId("local", "team/" + name + number);
        RefName branch = RefName.branch("main");
        CommitId commit = new CommitId("%040x".formatted(number + 1));
        EventId id =
                EventId.derive(repository, branch.value(), "", commit.value(), "created", Integer.toString(number));
        return new PushEvent(id, repository, branch, PushEvent.Change.CREATED, null, commit, "somebody", Instant.now());
    }

    @Override
    public void close() {
        workers.forEach(ManagedProcess::close);
        states.close();
        publisher.close();
    }
}
