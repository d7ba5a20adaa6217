package io.forgefleet.local.cleanup;

import static org.awaitility.Awaitility.await;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.build.BuildService;
import io.forgefleet.cleanup.CleanupService;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.ledger.ArtifactDeleted;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.ArtifactCodec;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.fault.WorkingCopy;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A build worker and two cleanup workers on one broker, registry, forge and engine; nothing is kept for any time. */
final class CleanupFleet {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final LocalForge forge;
    final LocalRegistry images;
    final Registry registry;
    final KafkaSettings kafka;
    final MeterRegistry meters = new SimpleMeterRegistry();
    final CleanupService cleanups;
    final List<ArtifactDeleted> deleted = new CopyOnWriteArrayList<>();
    final Map<String, LedgerEntry> ledger = new ConcurrentHashMap<>();
    private final Path folder;
    private final EmbeddedBroker broker;
    private final RecordPublisher publisher;
    private final RunStates states;
    private final TopicReader deletions;
    private final TopicReader entries;
    private final BuildService builds;
    private final CleanupService others;

    CleanupFleet(Path folder) throws Exception {
        this.folder = folder;
        forge = LocalForge.start(folder.resolve("forge"), 0);
        images = LocalRegistry.start(RegistryProgram.DISTRIBUTION_3, folder.resolve("registry"), 0);
        registry = new Registry(images.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(20));
        broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")));
        kafka = KafkaSettings.of(broker.bootstrap());
        FleetConfig config = config("data");
        Topics.ensure(kafka, config.kafka().layout(BuildService.shareGroups(config)));
        publisher = new RecordPublisher(kafka);
        states = RunStates.forWorkers(kafka);
        deletions = new TopicReader(kafka.consumer(), kafka.topic(Topic.ARTIFACTS), entry -> {
            try {
                deleted.add(ArtifactCodec.decode(KafkaMessageFactory.createReader(entry.headers(), entry.value())
                        .toEvent()));
            } catch (MalformedRecordException e) {
                throw new IllegalStateException(e);
            }
        });
        entries = new TopicReader(kafka.consumer(), kafka.topic(Topic.IMAGES), entry -> {
            try {
                if (entry.value() == null) {
                    ledger.remove(entry.key());
                } else {
                    ledger.put(entry.key(), Json.read(entry.value(), LedgerEntry.class));
                }
            } catch (MalformedRecordException e) {
                throw new IllegalStateException(e);
            }
        });
        builds = BuildService.start(config, kafka, new SimpleMeterRegistry(), URI.create("http://127.0.0.1:1"));
        cleanups = CleanupService.start(config, kafka, meters);
        others = CleanupService.start(config("other-data"), kafka, new SimpleMeterRegistry());
    }

    private FleetConfig config(String data) throws Exception {
        return FleetConfig.parse(
                yaml(data, "team", ""), Map.of("TOKEN", forge.account("bot").token()));
    }

    private String yaml(String data, String owner, String more) {
        return more
                + """
                dataDirectory: "%s"
                workers: [build]
                forges:
                - {name: local, kind: forgejo, url: "%s", token: "${env:TOKEN}", repositories: ["%s/*"]}
                registries:
                - {name: main, address: "%s", plainHttp: true}
                builders:
                - {name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 2}
                retention: {pullRequests: 1ms, branches: 1ms, least: 1ms, grace: 1ms, sweep: 1h, mostShare: %d}
                intervals: {shareLock: 2s, shareHeartbeat: 500ms, claimValidity: 6s, claimRenewal: 2s,
                            claimMargin: 1s, retryDelay: 200ms, park: 300ms, runTimeout: 60s}
                repositories:
                - {match: "local:%s/*"}
                """.formatted(
                                folder.resolve(data),
                                forge.url(),
                                owner,
                                images.address(),
                                owner.equals("team") ? 50 : 100,
                                owner);
    }

    static RepositoryId id(String name) {
        return new RepositoryId("local", "team/" + name);
    }

    WorkingCopy repository(String name) throws Exception {
        return repository("team", name);
    }

    WorkingCopy repository(String owner, String name) throws Exception {
        forge.createRepository(owner, name);
        Account account = forge.account(owner);
        return new WorkingCopy(
                folder.resolve("clones").resolve(owner).resolve(name),
                forge.cloneUrl(owner + "/" + name)
                        .toString()
                        .replace("://", "://" + account.name() + ":" + account.token() + "@"));
    }

    /** A cleanup worker for what the others leave alone, as a process. */
    ManagedProcess startProcess(String name) throws Exception {
        int port = FreePort.find();
        Path file = Files.writeString(
                folder.resolve(name + ".yml"),
                yaml(
                        name,
                        "other",
                        "kafka: {bootstrap: \"" + broker.bootstrap() + "\"}\nlisten: {management: \"127.0.0.1:" + port
                                + "\"}\n"));
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                        name,
                        folder.resolve(name + ".log"),
                        List.of(
                                Program.java().toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.forgefleet.cleanup.Main"))
                .with(Map.of(
                        "FLEET_CONFIG",
                        file.toString(),
                        "TOKEN",
                        forge.account("bot").token())));
        process.awaitOk(URI.create("http://127.0.0.1:" + port + "/health/ready"), PATIENCE);
        return process;
    }

    void enter(LedgerEntry entry) throws InterruptedException {
        publisher.publishDurably(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry));
    }

    boolean isOver(RunId run) {
        RunState state = states.get(run);
        return state != null && state.isFinal();
    }

    boolean hasBegun(RunId run) {
        return states.get(run) != null;
    }

    PushEvent pushed(String name, String branch, String commit) {
        return push(name, branch, PushEvent.Change.CREATED, null, new CommitId(commit));
    }

    PushEvent branchDeleted(String name, String branch, String before) {
        return push(name, branch, PushEvent.Change.DELETED, new CommitId(before), null);
    }

    private static PushEvent push(
            String name, String branch, PushEvent.Change change, @Nullable CommitId before, @Nullable CommitId after) {
        RefName ref = RefName.branch(branch);
        return new PushEvent(anId(name, ref.value()), id(name), ref, change, before, after, "ann", Instant.now());
    }

    PullRequestEvent request(String name, long number, String head, PullRequestEvent.Action action) {
        return new PullRequestEvent(
                anId(name, "#" + number),
                id(name),
                number,
                action,
                new CommitId(head),
                "feature",
                RefName.branch("main"),
                false,
                false,
                "ann",
                Instant.now());
    }

    private static EventId anId(String name, String subject) {
        return EventId.derive(id(name), subject, "", "", "x", UUID.randomUUID().toString());
    }

    void publish(ForgeEvent event) throws InterruptedException {
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
        String key = event.repository().toString();
        Topic topic = event instanceof PushEvent ? Topic.PUSH : Topic.PULL_REQUEST;
        publisher.publishDurably(
                topic, key, key, encoded.value(), encoded.headers().toArray());
    }

    RunState build(ForgeEvent event) throws InterruptedException {
        publish(event);
        return ended(RunId.derive(event.id().value(), "build", "images", ""));
    }

    RunId replay(ForgeEvent event) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        RunId run = RunId.derive(event.id().value(), "build", "images", id);
        Job job = new Job(
                id,
                WorkerKind.BUILD,
                event,
                Job.Cause.REPLAY,
                false,
                run,
                Instant.now(),
                "images",
                List.of(),
                List.of());
        String key = event.repository().toString();
        publisher.publishDurably(Topic.JOBS, key, key, Json.write(job));
        return run;
    }

    RunState ended(RunId run) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Optional.ofNullable(states.get(run)).filter(RunState::isFinal), Optional::isPresent)
                .orElseThrow();
    }

    void close() throws Exception {
        others.stop();
        cleanups.stop();
        builds.stop(Duration.ZERO);
        deletions.close();
        entries.close();
        states.close();
        publisher.close();
        broker.close();
        images.close();
        forge.close();
    }
}
