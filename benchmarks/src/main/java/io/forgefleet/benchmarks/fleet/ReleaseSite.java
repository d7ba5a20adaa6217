package io.forgefleet.benchmarks.fleet;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.service.Program;
import io.forgefleet.benchmarks.service.RunningService;
import io.forgefleet.build.BuildService;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.release.ReleaseService;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A forge in this process, and around it Kafka, a registry, a build worker and a release worker as processes. Tags are told without webhooks. */
final class ReleaseSite implements AutoCloseable {

    static final String REPOSITORY = "team/app";

    private static final RepositoryId ID = new RepositoryId("local", REPOSITORY);
    private static final Duration LONGEST = Duration.ofMinutes(4);
    private static final long POLL_MILLIS = 5;

    private final Bench bench;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path key;
    private final Path database;
    private final LocalForge forge;
    private final LocalRegistry registry;
    private final BrokerProcess kafka;
    private final RecordPublisher publisher;
    private final RunStates states;
    private RunningService releases;
    private int started;

    ReleaseSite(Bench bench, ReleaseTools tools) throws Exception {
        this.bench = bench;
        this.key = tools.key();
        this.database = AdvisoryDatabase.write(bench.directory().resolve("osv"), "PyPI", "Debian");
        try {
            kafka = part(bench.startBroker());
            registry = part(LocalRegistry.start(bench.directory().resolve("registry"), 0));
            forge = part(LocalForge.start(bench.directory().resolve("forge"), 0));
            forge.createRepository("team", "app");
            KafkaSettings settings = KafkaSettings.of(kafka.bootstrap());
            FleetConfig config = FleetConfig.load(write(bench, "topics", 1, 2), variables());
            Topics.ensure(
                    settings,
                    config.kafka().layout(BuildService.shareGroups(config)[0], ReleaseService.shareGroup(config)));
            publisher = part(new RecordPublisher(settings));
            states = part(new RunStates(settings, state -> state, state -> {}));
            bench.say("starting build worker and release worker");
            part(RunningService.start(bench, Program.BUILD_WORKER, "builds", this::write, List.of(), variables()));
            releases = startReleases();
            parts.push(() -> releases.close());
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** Starts a release worker anew. */
    RunningService startReleases() throws InterruptedException {
        started++;
        releases = RunningService.start(
                bench, Program.RELEASE_WORKER, "releases-" + started, this::write, List.of(), variables());
        return releases;
    }

    RunningService releases() {
        return releases;
    }

    private Map<String, String> variables() {
        return Map.of("BENCH_FORGE_TOKEN", forge.account("team").token(), "PATH", System.getenv("PATH"));
    }

    private Path write(Bench of, String name, int webhookPort, int managementPort) {
        String yaml = """
                kafka: {bootstrap: "%s", replication: 1}
                listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                workers: [build]
                forges:
                  - {name: local, kind: forgejo, url: "%s", token: "${env:BENCH_FORGE_TOKEN}", repositories: ["**"]}
                registries: [{name: main, address: "%s", plainHttp: true}]
                repositories: [{match: "local:**", images: main, release: {keys: [bench]}}]
                signing: {keys: [{name: bench, key: "${file:%s}"}]}
                tools: {scannerDatabase: "%s"}
                intervals: {drain: 1s}
                builders: [{name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 1}]
                """.formatted(
                        kafka.bootstrap(),
                        webhookPort,
                        managementPort,
                        of.directory().resolve(name + "-data"),
                        forge.url(),
                        registry.address(),
                        key,
                        database);
        try {
            return Files.writeString(of.directory().resolve(name + ".yml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("writing the configuration of " + name + " failed", e);
        }
    }

    LocalForge forge() {
        return forge;
    }

    String registry() {
        return registry.address();
    }

    Path database() {
        return database;
    }

    WorkingCopy clone(String name) throws IOException {
        return WorkingCopy.init(bench.directory().resolve(name), forge.cloneUrl(REPOSITORY), forge.account("team"));
    }

    /** Tells of a tag that is there; gives the run of its release. */
    RunId tell(String tag, String commit) throws InterruptedException {
        RefName ref = RefName.tag(tag);
        CommitId id = new CommitId(commit);
        TagEvent event = new TagEvent(
                EventId.derive(ID, ref.value(), "", commit, "created", tag),
                ID,
                ref,
                TagEvent.Change.CREATED,
                null,
                id,
                id,
                "team",
                Instant.now());
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
        publisher.publishDurably(
                Topic.TAG,
                ID.toString(),
                ID.toString(),
                encoded.value(),
                encoded.headers().toArray());
        return RunId.derive(event.id().value(), "release", "release", "");
    }

    /** Waits for a state of a run. */
    RunState await(RunId run, Predicate<RunState> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<RunState> state = Optional.ofNullable(states.get(run)).filter(wanted);
            if (state.isPresent()) {
                return state.get();
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IllegalStateException("within " + LONGEST + " run " + run + " was not as expected, but "
                + Optional.ofNullable(states.get(run)));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                bench.say(part + " did not stop: " + e);
            }
        }
    }
}
