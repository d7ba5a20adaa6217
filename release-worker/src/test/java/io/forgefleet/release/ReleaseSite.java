package io.forgefleet.release;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.build.BuildService;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Assumptions;

/** A build worker and a release worker on a real broker, engine and registries, with the real tools, and a forge. */
final class ReleaseSite implements AutoCloseable {

    static final String PASSPHRASE = "a passphrase of the test";
    static final String PLAIN = "FROM scratch\nCOPY hello /hello\n";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    final Path folder;
    final LocalForge forge;
    final LocalRegistry registry;
    final LocalRegistry second;
    final Registry client;
    final EmbeddedBroker broker;
    final KafkaSettings kafka;
    final RunStates states;
    final List<RunState> history = new CopyOnWriteArrayList<>();
    final String yaml;
    final Map<String, String> variables = new HashMap<>();
    private final RecordPublisher publisher;
    private final BuildService builds;
    private final List<ReleaseService> releases = new ArrayList<>();

    /**
     * Starts all of it.
     *
     * @param forgeYaml further forges, as YAML
     * @param further variables that this refers to
     */
    ReleaseSite(Path folder, String forgeYaml, Map<String, String> further) throws Exception {
        assumeTools();
        this.folder = folder;
        forge = LocalForge.start(folder.resolve("forge"), 0);
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        second = LocalRegistry.start(folder.resolve("second"), 0);
        client = client(registry);
        broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")));
        key(folder);
        Path database = AdvisoryDatabase.write(folder.resolve("osv"), "PyPI");
        yaml = """
                dataDirectory: %s
                listen: {management: "127.0.0.1:0"}
                workers: [build]
                tools: {scannerDatabase: %s, paths: {syft: %s}}
                signing: {keys: [{name: main, key: "${file:%s}", passphrase: "${file:%s}"}]}
                forges:
                - {name: local, kind: forgejo, url: "%s", token: "${env:TOKEN}", repositories: ["team/*"]}
                %s
                registries:
                - {name: main, address: "%s", api: "%s", plainHttp: true}
                - {name: hub, address: "%s/mirror", plainHttp: true}
                builders:
                - {name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 2}
                intervals: {shareLock: 2s, shareHeartbeat: 500ms, claimValidity: 4s, claimRenewal: 1s,
                            claimMargin: 800ms, retryDelay: 200ms, park: 500ms, runTimeout: 180s}
                repositories:
                  - match: "*:team/*"
                    images: main
                    copyTo: [hub]
                    release: {keys: [main]}
                """.formatted(
                        folder.resolve("data"),
                        database,
                        syft(),
                        folder.resolve("cosign.key"),
                        folder.resolve("passphrase"),
                        forge.url(),
                        forgeYaml,
                        registry.address(),
                        registry.address(),
                        second.address());
        variables.putAll(further);
        variables.put("TOKEN", forge.account("team").token());
        FleetConfig config = config(Map.of());
        kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(
                kafka, config.kafka().layout(BuildService.shareGroups(config)[0], ReleaseService.shareGroup(config)));
        publisher = new RecordPublisher(kafka);
        states = new RunStates(kafka, state -> state, history::add);
        builds = BuildService.start(config, kafka, new SimpleMeterRegistry(), URI.create("http://127.0.0.1:1"));
    }

    ReleaseSite startReleases() throws Exception {
        return startReleases(yaml);
    }

    /** A release worker with a configuration of its own. */
    ReleaseSite startReleases(String own) throws Exception {
        releases.add(start(own, "releases"));
        return this;
    }

    /** A further one, with a disk of its own. */
    void startAnother(String own) throws Exception {
        releases.add(start(own, "releases-too"));
    }

    private ReleaseService start(String own, String disk) throws Exception {
        Map<String, String> all = new HashMap<>(variables);
        all.put("FLEET_DATA_DIRECTORY", folder.resolve(disk).toString());
        return ReleaseService.start(FleetConfig.parse(own, all), kafka, new SimpleMeterRegistry());
    }

    FleetConfig config(Map<String, String> over) throws Exception {
        Map<String, String> all = new HashMap<>(variables);
        all.putAll(over);
        return FleetConfig.parse(yaml, all);
    }

    static Registry client(LocalRegistry registry) {
        return new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
    }

    private static void assumeTools() {
        String path = System.getenv("PATH");
        assumeTrue(Files.exists(Path.of("/var/run/docker.sock")), "no Docker engine at /var/run/docker.sock");
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        assumeTrue(Programs.find("cosign", path).isPresent(), "cosign is not on the PATH");
        assumeTrue(Programs.find("osv-scanner", path).isPresent(), "osv-scanner is not on the PATH");
    }

    private static void key(Path folder) throws Exception {
        Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
        Command.Result made = new Command(
                        List.of("cosign", "generate-key-pair"),
                        Map.of("PATH", System.getenv("PATH"), "HOME", folder.toString(), "COSIGN_PASSWORD", PASSPHRASE),
                        folder,
                        "",
                        Duration.ofSeconds(60))
                .run(1 << 16);
        if (made.exit() != 0) {
            throw new IllegalStateException(made.errors());
        }
    }

    private static Path syft() throws InterruptedException {
        return Programs.find("syft", System.getenv("PATH")).orElseGet(ReleaseSite::installed);
    }

    private static Path installed() {
        Path tools = Path.of("/var/tmp", "forgefleet-test-tools-" + System.getProperty("user.name"));
        try {
            ToolInstaller installer = new ToolInstaller(tools, System.getenv(), line -> {});
            installer.install(InstallableTool.SYFT);
            return installer.program(InstallableTool.SYFT);
        } catch (ClientException e) {
            return Assumptions.abort("no Syft to test with: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new repository of the team with one image, and somebody's clone of it. */
    Clone repository(String name) throws Exception {
        forge.createRepository("team", name);
        String login = "http://team:" + forge.account("team").token() + "@";
        String remote = forge.cloneUrl("team/" + name).toString().replace("http://", login);
        return Clone.of(folder.resolve("clones").resolve(name), remote)
                .write("hello", name)
                .write("Dockerfile", PLAIN)
                .write(".forgefleet.yml", "release: {tags: [\"v*\"]}\n");
    }

    static RepositoryId id(String name) {
        return new RepositoryId("local", "team/" + name);
    }

    static TagEvent tagged(RepositoryId repository, String tag, CommitId commit) {
        RefName ref = RefName.tag(tag);
        EventId id = EventId.derive(
                repository,
                ref.value(),
                "",
                commit.value(),
                "created",
                UUID.randomUUID().toString());
        return new TagEvent(id, repository, ref, TagEvent.Change.CREATED, null, commit, commit, "ann", Instant.now());
    }

    static PushEvent pushed(RepositoryId repository, CommitId commit) {
        RefName ref = RefName.branch("main");
        EventId id = EventId.derive(
                repository,
                ref.value(),
                "",
                commit.value(),
                "created",
                UUID.randomUUID().toString());
        return new PushEvent(id, repository, ref, PushEvent.Change.CREATED, null, commit, "ann", Instant.now());
    }

    void publish(ForgeEvent event) throws InterruptedException {
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
        String key = event.repository().toString();
        Topic topic = event instanceof PushEvent ? Topic.PUSH : Topic.TAG;
        publisher.publishDurably(
                topic, key, key, encoded.value(), encoded.headers().toArray());
    }

    /** Has a release run do something about an event. */
    RunId ask(ForgeEvent event, String target) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        RunId run = RunId.derive(event.id().value(), "release", target, id);
        Job job = new Job(
                id,
                WorkerKind.RELEASE,
                event,
                Job.Cause.REPLAY,
                false,
                run,
                Instant.now(),
                target,
                List.of(),
                List.of());
        String key = event.repository().toString();
        publisher.publishDurably(Topic.JOBS, key, key, Json.write(job));
        return run;
    }

    static RunId run(ForgeEvent event) {
        return RunId.derive(event.id().value(), "release", "release", "");
    }

    /** Publishes the tag and waits for the end of its release. */
    RunState release(TagEvent event) throws InterruptedException {
        publish(event);
        return ended(run(event));
    }

    /** Releases the newest commit of a clone under a tag. */
    RunState release(Clone clone, String repository, String tag) throws Exception {
        return release(tagged(id(repository), tag, clone.tag(tag)));
    }

    RunState ended(RunId run) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Optional.ofNullable(states.get(run)).filter(RunState::isFinal), Optional::isPresent)
                .orElseThrow();
    }

    static Outcome outcome(RunState state) {
        return Objects.requireNonNull(state.outcome());
    }

    /** Tags that people see. */
    List<String> tags(Registry of, String repository) throws Exception {
        return of.tags(repository, 100).stream()
                .filter(tag -> !tag.startsWith("buildcache-") && !tag.startsWith("sha256-"))
                .sorted()
                .toList();
    }

    /** Stops the release workers. */
    void stop(Duration drain) throws InterruptedException, IOException {
        for (ReleaseService each : releases) {
            each.stop(drain);
        }
        releases.clear();
    }

    @Override
    public void close() {
        try {
            stop(Duration.ZERO);
            builds.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        states.close();
        publisher.close();
        broker.close();
        registry.close();
        second.close();
        forge.close();
    }
}
