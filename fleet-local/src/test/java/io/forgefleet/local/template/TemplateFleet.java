package io.forgefleet.local.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.ManagementApi;
import io.forgefleet.gateway.api.RunCatalogue;
import io.forgefleet.gateway.api.RunTars;
import io.forgefleet.gateway.api.TemplateClones;
import io.forgefleet.gateway.replay.EventIndex;
import io.forgefleet.gateway.replay.Replays;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import io.forgefleet.work.template.postgres.CloneService;
import io.forgefleet.work.template.postgres.PostgresTools;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A gateway's API on a real broker, a real registry with real artifacts, and what workers would have written. */
final class TemplateFleet implements AutoCloseable {

    private static final AtomicInteger EVENTS = new AtomicInteger();

    private final Path folder;
    private final EmbeddedBroker broker;
    private final LocalRegistry registry;
    private final Registry client;
    private final Vertx vertx = Vertx.vertx();
    private final RecordPublisher publisher;
    private final RunCatalogue runs;
    private final EventIndex events;
    private final ManagementApi api;
    private final @Nullable CloneService clones;
    final URI address;

    TemplateFleet(Path folder) throws Exception {
        this(folder, null);
    }

    /** @param postgres port of a server of PostgreSQL that clones are given out on */
    TemplateFleet(Path folder, @Nullable Integer postgres) throws Exception {
        this.folder = folder;
        broker = EmbeddedBroker.start(BrokerOptions.in(Files.createDirectories(folder.resolve("kafka"))));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, new TopicLayout(1, 1, List.of()));
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        client = new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        FleetConfig config = FleetConfig.parse(
                "registries: [{name: main, address: \"%s\", plainHttp: true}]".formatted(registry.address()), Map.of());
        publisher = new RecordPublisher(kafka);
        runs = new RunCatalogue(kafka);
        events = new EventIndex(kafka);
        api = new ManagementApi(
                kafka,
                runs,
                events,
                new Replays(events, publisher),
                new Registries(config, DockerCredentials.ofThisProcess()),
                new RunTars(vertx, null, InstantSource.system()),
                URI.create("https://fleet.example"));
        Router router = Router.router(vertx);
        clones = postgres == null ? null : clones(router, postgres);
        api.add(router);
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        server.listen(0, "127.0.0.1").await();
        address = URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private CloneService clones(Router router, int postgres) throws Exception {
        FleetConfig config = FleetConfig.parse("""
                registries: [{name: main, address: "%s", plainHttp: true}]
                templates: {postgres: {spareClones: 0, servers: [{name: here, url: "postgresql://127.0.0.1:%d", user: postgres}]}}
                """.formatted(registry.address(), postgres), Map.of());
        Path scratch = folder.resolve("clones-scratch");
        CloneService service = new CloneService(
                config.templates().postgres(),
                new PostgresTools(ConfiguredScan.paths(config, System.getenv()), Duration.ofMinutes(1)),
                scratch,
                Duration.ofDays(1));
        new TemplateClones(
                        runs,
                        new Registries(config, DockerCredentials.ofThisProcess()),
                        service,
                        scratch,
                        Duration.ofHours(2))
                .add(router);
        return service;
    }

    /** A clone of {@code team/NAME} with two migrations, committed. */
    Path clone(String name) throws IOException {
        Path clone = Files.createDirectories(folder.resolve("clones").resolve(name));
        git(clone, "init", "--quiet", "--initial-branch=main");
        git(clone, "remote", "add", "origin", "https://user@forge.example/team/" + name + ".git");
        write(clone, "migrations/1.sql", "CREATE TABLE a (x);\n");
        write(clone, "migrations/2.sql", "CREATE TABLE b (y);\n");
        write(clone, "README", "words\n");
        write(clone, RepositoryFile.PATH, """
                templateDatabases:
                  - {name: main, engine: sqlite, key: ["migrations/*.sql"], image: "app/ci:1", command: migrate}
                """);
        commit(clone);
        return clone;
    }

    static void write(Path clone, String file, String text) throws IOException {
        Path path = clone.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    static CommitId commit(Path clone) throws IOException {
        git(clone, "add", "--all");
        git(clone, "commit", "--quiet", "--allow-empty", "-m", "more");
        return new CommitId(git(clone, "rev-parse", "HEAD"));
    }

    static CommitId head(Path clone) throws IOException {
        return new CommitId(git(clone, "rev-parse", "HEAD"));
    }

    private static String git(Path clone, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("git", "-c", "user.name=ann", "-c", "user.email=ann@example.org"));
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, clone, Map.of(), Duration.ofSeconds(30), 1 << 20).run();
        assertThat(output.exitCode()).as(output.error()).isZero();
        return output.text().strip();
    }

    /** What a worker does for a commit: pushes the template that its key names, and says so. */
    StoredTemplate made(Path clone, CommitId commit, TrustClass trust, byte[] content) throws Exception {
        String name = clone.getFileName().toString();
        RepositoryFile declared = RepositoryFileParser.parse(git(clone, "show", commit + ":" + RepositoryFile.PATH));
        TreeMap<String, String> tree = new TreeMap<>();
        for (String line : git(clone, "ls-tree", "-r", commit.value()).split("\n", -1)) {
            tree.put(line.split("\t", -1)[1], line.split("\\s+", -1)[2]);
        }
        TemplateKey key = TemplateKey.of(
                declared.templateDatabases().getFirst(), tree, new Digest("sha256:" + "a".repeat(64)), trust);
        Path database = Files.write(Files.createTempFile(folder, "made", ".db"), content);
        String repository = "team/" + name + "/template-db/main";
        StoredTemplate template = new TemplateStore(client, repository, folder.resolve("scratch"))
                .push(
                        key,
                        new FinishedDatabase(database, new DatabaseFacts(2, 7), Duration.ofMillis(12_300)),
                        RunId.derive("event", "template", "template-db", name),
                        commit,
                        () -> {});
        PushedImage told = new PushedImage(
                "template-db/main", registry.address() + "/" + repository, template.key(), template.manifest(), false);
        told(name, commit, Outcome.of(Outcome.Reason.SUCCEEDED, "made"), List.of(told));
        return template;
    }

    /** What a worker says of a commit's run. */
    void told(String name, CommitId commit, @Nullable Outcome outcome, List<PushedImage> images) throws Exception {
        RepositoryId id = RepositoryId.parse("here/team/" + name);
        EventId event = EventId.derive(
                id, "refs/heads/main", "", commit.value(), "push", String.valueOf(EVENTS.incrementAndGet()));
        RunSubject subject =
                new RunSubject(WorkerKind.TEMPLATE, event, id, "template-db", commit, "refs/heads/main", null, false);
        RunState state = new RunState(
                RunId.derive(event.value(), "template", "template-db", ""),
                1,
                0,
                subject,
                outcome == null ? RunState.Phase.RUNNING : RunState.Phase.ENDED,
                1,
                0,
                List.of(Step.begun("prepare main", Instant.now())),
                images,
                List.of(),
                List.of(),
                outcome,
                null,
                null,
                Instant.now(),
                Instant.now(),
                "worker-1");
        publisher.publishDurably(Topic.RUNS, state.run().value(), state.run() + "@1", Json.write(state));
        runs.catchUp(Duration.ofSeconds(20));
    }

    String registryAddress() {
        return registry.address();
    }

    @Override
    public void close() {
        if (clones != null) {
            clones.close();
        }
        api.close();
        events.close();
        runs.close();
        publisher.close();
        vertx.close().await();
        registry.close();
        broker.close();
    }
}
