package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Manifest;
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
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A build service on a real broker, engine and registry, with repositories on a local forge. */
final class Site {

    static final String PLAIN = "FROM scratch\nCOPY hello /hello\n";

    /** Differs from run to run of the tests, since the engine remembers the steps of earlier ones. */
    static final String RUNS = "FROM scratch\nCOPY busybox /bin/busybox\nENV NONCE=" + System.nanoTime() + "\n";

    static final String ENGINE = "unix:///var/run/docker.sock";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final LocalForge forge;
    final LocalRegistry registry;
    final Registry client;
    final Engine engine = new Engine(ENGINE, DockerCredentials.ofThisProcess(), Duration.ofSeconds(20));
    final List<LedgerEntry> ledger = new CopyOnWriteArrayList<>();
    final List<LogChunk> logs = new CopyOnWriteArrayList<>();
    final List<RunState> history = new CopyOnWriteArrayList<>();
    private final Path folder;
    final EmbeddedBroker broker;
    final KafkaSettings kafka;
    private final RecordPublisher publisher;
    final RunStates states;
    private final TopicReader ledgerReader;
    private final TopicReader logReader;
    private final FleetConfig config;
    final String yaml;
    final Map<String, String> variables;
    private BuildService service;

    /** The builders of a configuration, as YAML. */
    @FunctionalInterface
    interface Choice {
        String builders(String registry) throws Exception;
    }

    /**
     * What a site has that others have not.
     *
     * @param rule further lines of the configuration's repository rule
     * @param imagesTo where images go in place of the registry itself
     * @param forges a further forge, as YAML
     * @param rules further repository rules, as YAML
     * @param registries further ones, as YAML
     * @param tools the section of that name, as YAML
     * @param top further sections, as YAML
     */
    record Setup(
            String rule,
            Choice builders,
            @Nullable String imagesTo,
            String forges,
            String rules,
            String tools,
            String registries,
            Map<String, String> environment,
            String top) {

        private static final String IMAGES = "workers: [build]";

        static Setup of(String rule, Choice builders) {
            return new Setup(rule, builders, null, "", "", "", "", Map.of(), IMAGES);
        }

        static Setup on(String endpoint, @Nullable String imagesTo) {
            Choice engine = registry ->
                    "- {name: engine, kind: engine, endpoint: \"%s\", trust: [branch], slots: 2}\n".formatted(endpoint);
            return new Setup("", engine, imagesTo, "", "", "", "", Map.of(), IMAGES);
        }

        /** A site that copies its images. */
        static Setup copying(String rule, String registries) {
            Setup plain = on(ENGINE, null);
            return new Setup(rule, plain.builders(), null, "", "", "", registries, Map.of(), IMAGES);
        }

        /** A site that scans. */
        static Setup scanning(String rule, String tools) {
            Setup plain = on(ENGINE, null);
            return new Setup(rule, plain.builders(), null, "", "", tools, "", Map.of(), IMAGES);
        }

        Setup withForge(String forge, String rule, Map<String, String> variables) {
            return new Setup(this.rule, builders, imagesTo, forge, rule, tools, registries, variables, top);
        }
    }

    Site(Path folder, String rule) throws Exception {
        this(folder, Setup.of(rule, Setup.on(ENGINE, null).builders()));
    }

    Site(Path folder, Setup setup) throws Exception {
        assumeTrue(engineAnswers(), "no Docker engine answers at " + ENGINE + ": start one to run these tests");
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        this.folder = folder;
        forge = LocalForge.start(folder.resolve("forge"), 0);
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        client = new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")));
        yaml = """
                dataDirectory: %s
                %s
                tools: {%s}
                forges:
                - {name: local, kind: forgejo, url: "%s", token: "${env:TOKEN}", repositories: ["team/*"]}
                %s
                registries:
                - {name: main, address: "%s", api: "%s", plainHttp: true}
                %s
                builders:
                %s
                intervals: {shareLock: 2s, shareHeartbeat: 500ms, claimValidity: 4s, claimRenewal: 1s,
                            claimMargin: 800ms, retryDelay: 200ms, park: 300ms, runTimeout: 60s}
                repositories:
                  - match: "local:team/*"
                %s
                %s
                """.formatted(
                        folder.resolve("data"),
                        setup.top(),
                        setup.tools(),
                        forge.url(),
                        setup.forges(),
                        setup.imagesTo() == null ? registry.address() : setup.imagesTo(),
                        registry.address(),
                        setup.registries(),
                        setup.builders().builders(registry.address()),
                        setup.rule().indent(4),
                        setup.rules().indent(2));
        variables = variables(setup);
        config = FleetConfig.parse(yaml, variables);
        kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, config.kafka().layout(BuildService.shareGroups(config)));
        publisher = new RecordPublisher(kafka);
        states = new RunStates(kafka, state -> state, history::add);
        ledgerReader = reader(Topic.IMAGES, LedgerEntry.class, ledger);
        logReader = reader(Topic.LOGS, LogChunk.class, logs);
        service = BuildService.start(config, kafka, new SimpleMeterRegistry());
    }

    private Map<String, String> variables(Setup setup) {
        Map<String, String> variables = new HashMap<>(setup.environment());
        variables.put("SECRET", "hunter2-and-more");
        variables.put("TOKEN", forge.account("bot").token());
        return variables;
    }

    private <T> TopicReader reader(Topic topic, Class<T> type, List<T> into) {
        return new TopicReader(kafka.consumer(), kafka.topic(topic), entry -> {
            try {
                into.add(Json.read(entry.value(), type));
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
        });
    }

    static boolean engineAnswers() {
        try (Engine engine = new Engine(ENGINE, DockerCredentials.ofThisProcess(), Duration.ofSeconds(5))) {
            engine.ping();
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    /** A new repository of the team, with somebody's clone of it. */
    Clone repository(String name) throws Exception {
        forge.createRepository("team", name);
        return Clone.of(forge.cloneUrl("team/" + name), folder.resolve("clones").resolve(name), forge.account("team"));
    }

    static RepositoryId id(String name) {
        return new RepositoryId("local", "team/" + name);
    }

    static PushEvent pushed(String repository, String branch, CommitId commit) {
        RefName ref = RefName.branch(branch);
        return new PushEvent(
                anId(repository, ref.value(), commit),
                id(repository),
                ref,
                PushEvent.Change.CREATED,
                null,
                commit,
                "ann",
                Instant.now());
    }

    static PullRequestEvent opened(String repository, long number, CommitId head, boolean fork) {
        return new PullRequestEvent(
                anId(repository, "#" + number, head),
                id(repository),
                number,
                PullRequestEvent.Action.OPENED,
                head,
                "feature",
                RefName.branch("main"),
                fork,
                false,
                "ann",
                Instant.now());
    }

    static PullRequestEvent closed(PullRequestEvent opened) {
        return new PullRequestEvent(
                anId(opened.repository().name(), "#closed-" + opened.number(), opened.head()),
                opened.repository(),
                opened.number(),
                PullRequestEvent.Action.CLOSED,
                opened.head(),
                opened.headBranch(),
                opened.base(),
                opened.fork(),
                opened.draft(),
                opened.actor(),
                Instant.now());
    }

    private static EventId anId(String repository, String subject, CommitId commit) {
        return EventId.derive(
                id(repository),
                subject,
                "",
                commit.value(),
                "created",
                UUID.randomUUID().toString());
    }

    /** Publishes the event and waits for the end of its run. */
    RunState build(ForgeEvent event) throws InterruptedException {
        publish(event);
        return ended(run(event));
    }

    void publish(ForgeEvent event) throws InterruptedException {
        ProducerRecord<Void, byte[]> encoded =
                KafkaMessageFactory.createWriter("unused").writeBinary(EventCodec.encode(event));
        String key = event.repository().toString();
        Topic topic = event instanceof PushEvent ? Topic.PUSH : Topic.PULL_REQUEST;
        publisher.publishDurably(
                topic, key, key, encoded.value(), encoded.headers().toArray());
    }

    RunState replay(ForgeEvent event, boolean rebuild) throws InterruptedException {
        return replay(event, "images", rebuild);
    }

    RunState replay(ForgeEvent event, String target, boolean rebuild) throws InterruptedException {
        return replay(WorkerKind.BUILD, event, target, rebuild);
    }

    RunState replay(WorkerKind kind, ForgeEvent event, String target, boolean rebuild) throws InterruptedException {
        String id = UUID.randomUUID().toString();
        RunId run = RunId.derive(event.id().value(), kind.name(), target, id);
        Job job = new Job(id, kind, event, Job.Cause.REPLAY, rebuild, run, Instant.now(), target, List.of());
        String key = event.repository().toString();
        publisher.publishDurably(Topic.JOBS, key, key, Json.write(job));
        return ended(run);
    }

    static RunId run(ForgeEvent event) {
        return RunId.derive(event.id().value(), "build", "images", "");
    }

    /** The run that scans what another one pushed. */
    RunState scanned(ForgeEvent event) {
        return ended(
                RunId.derive(event.id().value(), "build", "scan", run(event).value() + "-build"));
    }

    /** The run that makes the CI images of a commit, after the run of its images. */
    RunState ciImages(ForgeEvent event) throws InterruptedException {
        publish(event);
        return ended(ciRun(event));
    }

    static RunId ciRun(ForgeEvent event) {
        return RunId.derive(event.id().value(), "build", "ci-images", run(event).value() + "-build");
    }

    RunState ended(RunId run) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Optional.ofNullable(states.get(run)).filter(RunState::isFinal), Optional::isPresent)
                .orElseThrow();
    }

    static Outcome outcome(RunState state) {
        return Objects.requireNonNull(state.outcome());
    }

    /** The log of a run so far. */
    String log(RunId run) throws Exception {
        logReader.catchUp(Duration.ofSeconds(10));
        StringBuilder text = new StringBuilder();
        logs.stream()
                .filter(chunk -> chunk.run().equals(run))
                .forEach(chunk -> text.append(String.join("\n", chunk.lines())).append('\n'));
        return text.toString();
    }

    List<LedgerEntry> ledgerOf(RunId run) throws Exception {
        ledgerReader.catchUp(Duration.ofSeconds(10));
        return ledger.stream().filter(entry -> entry.run().equals(run)).toList();
    }

    Manifest manifest(String repository, String tag) throws Exception {
        return client.get("team/" + repository, tag);
    }

    List<String> tags(String repository) throws ClientException, InterruptedException {
        return client.tags("team/" + repository, 100).stream()
                .filter(tag -> !tag.startsWith("buildcache-"))
                .sorted()
                .toList();
    }

    /** Stops the service at once and starts another one. */
    void restart() throws Exception {
        service.stop(Duration.ZERO);
        service = BuildService.start(config, kafka, new SimpleMeterRegistry());
    }

    BuildService service() {
        return service;
    }

    void close() throws Exception {
        service.stop(Duration.ZERO);
        states.close();
        ledgerReader.close();
        logReader.close();
        publisher.close();
        engine.close();
        broker.close();
        registry.close();
        forge.close();
        assertThat(service.busy()).isZero();
    }
}
