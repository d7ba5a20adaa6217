package io.forgefleet.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.Glob;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.gateway.SampleEvents;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.gateway.replay.EventIndex;
import io.forgefleet.gateway.replay.Replays;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Template databases by HTTP: real runs on a broker, real artifacts in a registry. */
class TemplateApiTest {

    private static final String OUTSIDE = "outside.example/x";

    @TempDir
    static Path folder;

    private static LocalRegistry registry;
    private static Registry client;
    private static Vertx vertx;
    private static KafkaSettings kafka;
    private static RecordPublisher publisher;
    private static RunCatalogue runs;
    private static EventIndex events;
    private static ManagementApi api;
    private static URI base;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        client = new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        FleetConfig config = FleetConfig.parse(
                "registries: [{name: main, address: \"%s\", api: \"%s/x\", plainHttp: true}]"
                        .formatted(OUTSIDE, registry.address()),
                Map.of());
        vertx = Vertx.vertx();
        kafka = GatewayKafka.tenant();
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
        api.add(router);
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        server.listen(0, "127.0.0.1").await();
        base = URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @AfterAll
    static void stop() {
        if (api != null) {
            api.close();
            events.close();
            runs.close();
            publisher.close();
            vertx.close().await();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void tellsWhatIsReadyAndWhereItLies() throws Exception {
        RunSubject subject = subject("here/team/ready", 1);
        StoredTemplate template = push("team/ready", TrustClass.PROTECTED, "one");
        written(subject, ended(Reason.SUCCEEDED, "made"), List.of(told("team/ready", template)));

        JsonNode answer = json("here/team/ready/main@" + commit(1));

        assertThat(answer.path("state").asText()).isEqualTo("ready");
        assertThat(answer.path("key").asText()).isEqualTo(template.key());
        assertThat(answer.path("reference").asText())
                .isEqualTo(OUTSIDE + "/team/ready/template-db/main@" + template.manifest());
        assertThat(answer.path("plainHttp").asBoolean()).isTrue();
        assertThat(answer.at("/template/tables").asLong()).isEqualTo(3);
        assertThat(answer.at("/template/rows").asLong()).isEqualTo(1234);
        assertThat(answer.at("/template/seconds").asDouble()).isEqualTo(12.345);
        assertThat(answer.at("/template/trust").asText()).isEqualTo("protected");
        assertThat(answer.at("/template/commit").asText()).isEqualTo(commit(9).value());
        assertThat(json("team/ready/main%40" + commit(1)).path("state").asText())
                .as("without its forge, as some clients encode it")
                .isEqualTo("ready");
        assertThat(json("team/ready/main@" + commit(1).value().substring(0, 40))
                        .path("state")
                        .asText())
                .isEqualTo("ready");
    }

    @Test
    void prefersTheHighestTrustAndHidesWhatStrangersMade() throws Exception {
        StoredTemplate branch = push("team/trust", TrustClass.BRANCH, "one");
        StoredTemplate higher = push("team/trust", TrustClass.PROTECTED, "one");
        written(subject("here/team/trust", 2), ended(Reason.SUCCEEDED, ""), List.of(told("team/trust", higher)));
        written(
                replay(subject("here/team/trust", 2)),
                ended(Reason.SUCCEEDED, ""),
                List.of(told("team/trust", branch)));
        assertThat(json("team/trust/main@" + commit(2)).path("key").asText()).isEqualTo(higher.key());

        StoredTemplate strange = push("team/trust", TrustClass.FORK, "one");
        written(subject("here/team/trust", 3), ended(Reason.SUCCEEDED, ""), List.of(told("team/trust", strange)));
        JsonNode hidden = json("team/trust/main@" + commit(3));
        assertThat(hidden.path("state").asText()).isEqualTo("missing");
        assertThat(hidden.path("message").asText()).contains("fork");
        assertThat(json("team/trust/main@" + commit(3) + "?trust=fork")
                        .path("state")
                        .asText())
                .isEqualTo("ready");
        assertThat(json("team/trust/main@" + commit(2) + "?trust=protected")
                        .path("key")
                        .asText())
                .isEqualTo(higher.key());
    }

    @Test
    void tellsWhyThereIsNone() throws Exception {
        written(subject("here/team/none", 4), null, List.of());
        assertThat(json("team/none/main@" + commit(4)).path("state").asText()).isEqualTo("building");

        written(subject("here/team/none", 5), Outcome.failed("exit code 3", List.of("no such table")), List.of());
        JsonNode failed = json("team/none/main@" + commit(5));
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("message").asText()).isEqualTo("exit code 3");
        assertThat(failed.at("/lastLines/0").asText()).isEqualTo("no such table");
        assertThat(failed.path("page").asText()).startsWith("https://fleet.example/runs/");

        JsonNode unknown = json("team/none/main@" + commit(6));
        assertThat(unknown.path("state").asText()).isEqualTo("missing");
        assertThat(unknown.path("advice").asText()).contains("fleet template prepare main");

        StoredTemplate other = push("team/none", TrustClass.BRANCH, "one");
        PushedImage named = new PushedImage(
                "template-db/other", OUTSIDE + "/team/none/template-db/other", other.key(), other.manifest(), false);
        written(subject("here/team/none", 7), ended(Reason.SUCCEEDED, ""), List.of(named));
        assertThat(json("team/none/main@" + commit(7)).path("message").asText())
                .contains("declares no template database main, but other");

        PushedImage gone = new PushedImage(
                "template-db/main",
                OUTSIDE + "/team/none/template-db/main",
                "k",
                new Digest("sha256:" + "9".repeat(64)),
                false);
        written(subject("here/team/none", 8), ended(Reason.SUCCEEDED, ""), List.of(gone));
        assertThat(json("team/none/main@" + commit(8)).path("message").asText()).contains("no longer in its registry");
        written(subject("here/team/none", 10), ended(Reason.SUPERSEDED, "a newer commit"), List.of());
        assertThat(json("team/none/main@" + commit(10)).path("message").asText())
                .contains("superseded", "a newer commit");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/templates/, names no template",
        "/api/templates/main@0123456789, names no template",
        "/api/templates/here/team/app/main, names no template",
        "/api/templates/here/team/app/main@HEAD, names no template",
        "/api/templates/here/team/../main@0123456789, names no template",
        "/api/templates/here/team/app/Main@0123456789, names no template",
        "/api/templates/here/team/app/main@0123456789?trust=all, no trust class 'all'",
        "/api/templates/here/team/app/main@0123456789?least=fork, no parameter 'least'"
    })
    void saysWhatWasWrong(String path, String message) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Json.mapper().readTree(answer.body()).path("message").asText())
                .contains(message);
        assertThat(Json.mapper().readTree(answer.body()).path("advice").asText())
                .isNotBlank();
    }

    @Test
    void doesNotGuessWhichOfSeveralIsMeant() throws Exception {
        written(subject("here/team/twice", 11), null, List.of());
        written(subject("there/team/twice", 11), null, List.of());
        assertThat(get("/api/templates/team/twice/main@" + commit(11)).statusCode())
                .isEqualTo(400);
        assertThat(json("there/team/twice/main@" + commit(11))
                        .path("repository")
                        .asText())
                .isEqualTo("there/team/twice");
    }

    @Test
    void asksForOneTemplateOnDemand() throws Exception {
        SampleEvents.publish(kafka, SampleEvents.push("here/team/demand", "main", 40, Instant.now()));
        String body = "{\"repository\":\"team/demand\",\"template\":\"main\"}";
        HttpResponse<String> answer = post(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(GatewayKafka.records(kafka, Topic.JOBS)).anySatisfy(entry -> {
            JsonNode job = Json.mapper().readTree(entry.value());
            assertThat(job.path("target").asText()).isEqualTo("template-db/main");
            assertThat(job.path("kind").asText()).isEqualTo("template");
            assertThat(job.path("cause").asText()).isEqualTo("REPLAY");
        });
        assertThat(post(body.replace("main", "No Name")).statusCode()).isEqualTo(400);
        assertThat(post(body.replace("\"main\"", "\"main\",\"worker\":\"build\""))
                        .statusCode())
                .isEqualTo(400);
    }

    private static StoredTemplate push(String repository, TrustClass trust, String command) throws Exception {
        TemplateSpec spec = new TemplateSpec(
                "main",
                TemplateSpec.Engine.SQLITE,
                "",
                List.of(Glob.of("*")),
                "ci",
                command,
                List.of(),
                Map.of(),
                false,
                null);
        TemplateKey key = TemplateKey.of(
                spec, new TreeMap<>(Map.of("1.sql", "id")), new Digest("sha256:" + "a".repeat(64)), trust);
        Path database = Files.write(
                Files.createTempDirectory(folder, "made").resolve("main.db"),
                (repository + trust).getBytes(StandardCharsets.UTF_8));
        return new TemplateStore(client, "x/" + repository + "/template-db/main", folder.resolve("scratch"))
                .push(
                        key,
                        new FinishedDatabase(database, new DatabaseFacts(3, 1234), Duration.ofMillis(12_345)),
                        RunId.derive("event", "template", "template-db", ""),
                        commit(9),
                        () -> {});
    }

    private static PushedImage told(String repository, StoredTemplate template) {
        return new PushedImage(
                "template-db/main",
                OUTSIDE + "/" + repository + "/template-db/main",
                template.key(),
                template.manifest(),
                false);
    }

    private static CommitId commit(int number) {
        return SampleRuns.commit(number);
    }

    private static RunSubject subject(String repository, int commit) {
        RunSubject push = SampleRuns.push(repository, commit);
        return new RunSubject(
                WorkerKind.TEMPLATE,
                push.event(),
                push.repository(),
                "template-db",
                push.commit(),
                push.ref(),
                null,
                false);
    }

    private static RunSubject replay(RunSubject of) {
        return new RunSubject(
                of.kind(), of.event(), of.repository(), "template-db/main", of.commit(), of.ref(), null, true);
    }

    private static Outcome ended(Reason reason, String message) {
        return Outcome.of(reason, message);
    }

    private static void written(RunSubject subject, @Nullable Outcome outcome, List<PushedImage> images)
            throws Exception {
        RunState state = new RunState(
                SampleRuns.run(subject, ""),
                4,
                0,
                subject,
                outcome == null ? RunState.Phase.RUNNING : RunState.Phase.ENDED,
                1,
                0,
                List.of(Step.begun("prepare main", SampleRuns.START)),
                images,
                List.of(),
                List.of(),
                outcome,
                null,
                null,
                SampleRuns.START,
                SampleRuns.START,
                "worker-1");
        GatewayKafka.write(publisher, Topic.RUNS, state.run().value(), state.run() + "@" + state.epoch(), state);
        runs.catchUp(Duration.ofSeconds(20));
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get("/api/templates/" + path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(base + path)));
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(base + "/api/replays"))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
