package io.forgefleet.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
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
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clones by HTTP: a real server, a real dump in a real registry, what a worker told on a broker. */
class TemplateClonesTest {

    @TempDir
    Path folder;

    private String base = "";

    @Test
    void aCloneIsGivenAndTakenBackByItsKey() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        assumeTrue(Program.onPath("pg_restore").isPresent(), "no pg_restore: apt-get install postgresql-client");
        KafkaSettings kafka = GatewayKafka.tenant();
        Vertx vertx = Vertx.vertx();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                LocalRegistry registry = LocalRegistry.start(folder.resolve("registry"), 0);
                RecordPublisher publisher = new RecordPublisher(kafka);
                RunCatalogue runs = new RunCatalogue(kafka)) {
            FleetConfig config = FleetConfig.parse("""
                    registries: [{name: main, address: "%s", plainHttp: true}]
                    templates: {postgres: {servers: [{name: here, url: "postgresql://127.0.0.1:%d", user: postgres}]}}
                    """.formatted(registry.address(), postgres.getPort()), Map.of());
            PostgresTools tools =
                    new PostgresTools(ConfiguredScan.paths(config, System.getenv()), Duration.ofMinutes(1));
            StoredTemplate ofBranch = made(registry, postgres, TrustClass.BRANCH);
            StoredTemplate ofFork = made(registry, postgres, TrustClass.FORK);
            told(publisher, runs, registry, List.of(ofBranch, ofFork));
            try (CloneService clones = new CloneService(
                    config.templates().postgres(), tools, folder.resolve("clones"), Duration.ofDays(1))) {
                Router router = Router.router(vertx);
                new TemplateClones(
                                runs,
                                new Registries(config, DockerCredentials.ofThisProcess()),
                                clones,
                                folder.resolve("clones"),
                                Duration.ofHours(2))
                        .add(router);
                HttpServer server = vertx.createHttpServer().requestHandler(router);
                server.listen(0, "127.0.0.1").await();
                base = "http://127.0.0.1:" + server.actualPort() + "/api/templates/";

                JsonNode clone = asked("POST", ofBranch.key() + "/clones", 201);
                String jdbc = "jdbc:" + clone.path("url").asText().replaceAll("//.*@", "//");
                String user = clone.path("user").asText();
                String password = clone.path("password").asText();
                try (Connection connection = DriverManager.getConnection(jdbc, user, password);
                        Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO a VALUES (2)");
                }
                String back = ofBranch.key() + "/clones/" + clone.path("id").asText();
                asked("DELETE", back, 200);
                asked("DELETE", back, 404);
                assertThatThrownBy(() -> DriverManager.getConnection(jdbc, user, password))
                        .isInstanceOf(SQLException.class);

                assertThat(asked("POST", ofFork.key() + "/clones", 400)
                                .path("advice")
                                .asText())
                        .contains("trust=fork");
                asked("POST", ofFork.key() + "/clones?trust=fork", 201);
                assertThat(asked("POST", ofFork.key() + "/clones", 400)
                                .path("message")
                                .asText())
                        .as("nor after somebody has said so")
                        .contains("without write access");
                asked("POST", "0".repeat(64) + "/clones", 404);
                asked("POST", "main/clones", 400);
                asked("DELETE", ofBranch.key() + "/clones/x';--", 404);
            }
        } finally {
            vertx.close().await();
        }
    }

    private StoredTemplate made(LocalRegistry registry, EmbeddedPostgres postgres, TrustClass trust) throws Exception {
        String source = "source_" + trust.name().toLowerCase(Locale.ROOT);
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + source);
        }
        try (Connection connection = postgres.getDatabase("postgres", source).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE a (x int); INSERT INTO a VALUES (1)");
        }
        Path dump = folder.resolve(source + ".dump");
        Command.Output dumped = new Command(
                        List.of(
                                "pg_dump",
                                "-Fc",
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(postgres.getPort()),
                                "-U",
                                "postgres",
                                "-f",
                                dump.toString(),
                                source),
                        folder,
                        Map.of(),
                        Duration.ofSeconds(30),
                        1 << 16)
                .run();
        assertThat(dumped.exitCode()).as(dumped.error()).isZero();
        TemplateKey key = new TemplateKey(
                Engine.POSTGRESQL,
                "15",
                new TreeMap<>(Map.of("1.sql", "id")),
                "migrate",
                new Digest("sha256:" + "a".repeat(64)),
                List.of(),
                new TreeMap<>(),
                false,
                trust);
        Registry client =
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        return new TemplateStore(client, "team/clones/template-db/main", folder.resolve("scratch"))
                .push(
                        key,
                        new FinishedDatabase(dump, new DatabaseFacts(1, 1), Duration.ofSeconds(3)),
                        RunId.derive("event", "template", "template-db", ""),
                        SampleRuns.commit(9),
                        () -> {});
    }

    private static void told(
            RecordPublisher publisher, RunCatalogue runs, LocalRegistry registry, List<StoredTemplate> templates)
            throws Exception {
        RunSubject push = SampleRuns.push("here/team/clones", 1);
        RunSubject subject = new RunSubject(
                WorkerKind.TEMPLATE,
                push.event(),
                push.repository(),
                "template-db",
                push.commit(),
                push.ref(),
                null,
                false);
        List<PushedImage> images = templates.stream()
                .map(each -> new PushedImage(
                        "template-db/main",
                        registry.address() + "/team/clones/template-db/main",
                        each.key(),
                        each.manifest(),
                        false))
                .toList();
        RunState state = new RunState(
                SampleRuns.run(subject, ""),
                4,
                0,
                subject,
                RunState.Phase.ENDED,
                1,
                0,
                List.of(Step.begun("prepare main", SampleRuns.START)),
                images,
                List.of(),
                List.of(),
                Outcome.of(Reason.SUCCEEDED, ""),
                null,
                null,
                SampleRuns.START,
                SampleRuns.START,
                "worker-1");
        GatewayKafka.write(publisher, Topic.RUNS, state.run().value(), state.run() + "@" + state.epoch(), state);
        runs.catchUp(Duration.ofSeconds(20));
    }

    private JsonNode asked(String method, String path, int status) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(base + path.replace("'", "%27")))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            return Json.mapper().readTree(answer.body());
        }
    }
}
