package io.forgefleet.gateway.api;

import static io.forgefleet.gateway.SampleRuns.START;
import static io.forgefleet.gateway.SampleRuns.ended;
import static io.forgefleet.gateway.SampleRuns.pullRequest;
import static io.forgefleet.gateway.SampleRuns.push;
import static io.forgefleet.gateway.SampleRuns.run;
import static io.forgefleet.gateway.SampleRuns.running;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.gateway.SampleEvents;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.gateway.replay.EventIndex;
import io.forgefleet.gateway.replay.Replays;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.work.place.Registries;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementApiTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Vertx vertx;
    private static KafkaSettings kafka;
    private static RecordPublisher publisher;
    private static RunCatalogue runs;
    private static EventIndex events;
    private static ManagementApi api;
    private static URI base;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        kafka = GatewayKafka.tenant();
        publisher = new RecordPublisher(kafka);
        runs = new RunCatalogue(kafka);
        events = new EventIndex(kafka);
        URI publicUrl = URI.create("https://fleet.example");
        FleetConfig config = FleetConfig.parse("""
                forges: [{name: here, kind: gitlab, url: "https://git.example", repositories: ["**"]}]
                """, Map.of());
        Registries none = new Registries(config, DockerCredentials.ofThisProcess());
        RunTars tars = new RunTars(vertx, null, InstantSource.system());
        api = new ManagementApi(kafka, runs, events, new Replays(events, publisher), none, tars, publicUrl);
        Router router = Router.router(vertx);
        api.add(router);
        new Pages(runs, config).add(router);
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        server.listen(0, "127.0.0.1").await();
        base = URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @AfterAll
    static void stop() {
        api.close();
        events.close();
        runs.close();
        publisher.close();
        vertx.close().await();
    }

    @Test
    void showsARunWithItsStepsImagesAndPage() throws Exception {
        RunSubject subject = push("here/team/shown", 1);
        RunId id = written(ended(subject, 4, 2, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed")));
        JsonNode run = json("/api/runs/" + id);
        assertThat(run.at("/state").asText()).isEqualTo("succeeded");
        assertThat(run.at("/page").asText()).isEqualTo("https://fleet.example/runs/" + id);
        assertThat(run.at("/steps/1/detail").asText()).isEqualTo("12 of 14 cached");
        assertThat(run.at("/images/0/digest").asText()).startsWith("sha256:0123");
        assertThat(run.at("/subject/repository").asText()).isEqualTo("here/team/shown");
    }

    @Test
    void aRunThatWentOnElsewhereShowsWhatWasDoneBefore() throws Exception {
        RunSubject subject = push("here/team/resumed", 2);
        var unused = written(with(subject, 4, List.of(done("plan", 0, 1), done("build", 1, 2)), true));
        var waits = written(with(subject, 9, List.of(), false));
        assertThat(steps(waits)).containsExactly("plan 0-1", "build 1-");
        var died = written(with(subject, 9, List.of(done("build", 60, 61), Step.begun("scan", at(61))), false));
        assertThat(steps(died)).containsExactly("plan 0-1", "build 1-61", "scan 61-");
        var over = written(with(subject, 11, List.of(done("scan", 80, 81), done("sign", 81, 82)), false));
        assertThat(steps(over)).containsExactly("plan 0-1", "build 1-61", "scan 61-81", "sign 81-82");
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static Step done(String name, int from, int to) {
        return Step.begun(name, at(from)).ended(at(to), false, "");
    }

    private static RunState with(RunSubject subject, long epoch, List<Step> steps, boolean parked) {
        Job resume = parked
                ? new Job(
                        "due",
                        subject.kind(),
                        SampleRuns.event(subject),
                        Job.Cause.RESUMED,
                        false,
                        SampleRuns.run(subject, ""),
                        at(70))
                : null;
        RunState.Phase phase = parked ? RunState.Phase.PARKED : RunState.Phase.RUNNING;
        int revision = steps.size();
        return SampleRuns.state(subject, epoch, revision, phase, 1, steps, null, parked ? at(70) : null, resume);
    }

    private static List<String> steps(RunId run) throws Exception {
        List<String> steps = new ArrayList<>();
        for (JsonNode step : json("/api/runs/" + run).path("steps")) {
            String ended = step.path("ended").asText("");
            steps.add(step.path("name").asText() + " "
                    + seconds(step.path("started").asText()) + "-"
                    + (ended.isEmpty() || ended.equals("null") ? "" : seconds(ended)));
        }
        return steps;
    }

    private static long seconds(String instant) {
        return Duration.between(START, Instant.parse(instant)).toSeconds();
    }

    @Test
    void filtersRuns() throws Exception {
        RunId green = written(ended(push("here/team/filter", 11), 4, 2, Outcome.of(Outcome.Reason.SUCCEEDED, "x")));
        RunId red = written(ended(pullRequest("here/team/filter", 12, 7), 4, 2, Outcome.failed("x", List.of())));
        RunId busy = written(running(push("there/team/filter", 13), 4, 0, "Building"));
        assertThat(listed("repository=here/team/filter")).containsExactlyInAnyOrder(green, red);
        assertThat(listed("repository=Team/Filter")).containsExactlyInAnyOrder(green, red, busy);
        assertThat(listed("repository=team/filter&state=failed")).containsExactly(red);
        assertThat(listed("repository=team/filter&state=running")).containsExactly(busy);
        assertThat(listed("repository=team/filter&pullRequest=7")).containsExactly(red);
        assertThat(listed("repository=team/filter&sha=" + SampleRuns.commit(13).value()))
                .containsExactly(busy);
    }

    @Test
    void listsEachRunOnceOverSeveralPages() throws Exception {
        Set<RunId> all = new HashSet<>();
        for (int i = 0; i < 7; i++) {
            all.add(written(running(push("here/team/paged", 20 + i), 4, 0, "Building")));
        }
        List<RunId> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = json("/api/runs?repository=team/paged&limit=3" + cursor);
            page.at("/runs").forEach(run -> found.add(new RunId(run.at("/run").asText())));
            cursor = page.at("/next").isNull()
                    ? null
                    : "&cursor=" + page.at("/next").asText();
        } while (cursor != null);
        assertThat(found).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/runs?limit=0, 400, limit is '0'",
        "/api/runs?limit=201, 400, limit is '201'",
        "/api/runs?limit=9999999999999999999, 400, limit is",
        "/api/runs?state=green, 400, no run is ever 'green'",
        "/api/runs?sha=xyz, 400, is no commit",
        "/api/runs?cursor=x, 400, is no cursor",
        "/api/runs?repo=x, 400, no parameter 'repo'",
        "/api/runs/x, 400, is no run id",
        "/api/runs/%00%2f, 400, is no run id",
        "/api/runs/0123456789abcdef01234567, 404, is not known",
        "/api/runs/0123456789abcdef01234567/logs, 404, is not known",
        "/api/events/0123456789abcdef0123456789abcdef, 404, is not known",
        "/api/nothing, 404, there is no GET /api/nothing"
    })
    void saysWhatWasWrongAndWhatToDo(String path, int status, String message) throws Exception {
        HttpResponse<String> answer = get(path);
        JsonNode body = Json.mapper().readTree(answer.body());
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(body.at("/message").asText()).contains(message);
        assertThat(body.at("/advice").asText()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "{\"sha\":\"x\"}"})
    void refusesReplaysThatItCannotUnderstand(String body) throws Exception {
        assertThat(post("/api/replays", body).statusCode()).isEqualTo(400);
    }

    @Test
    void refusesReplaysThatAreTooLong() throws Exception {
        assertThat(post("/api/replays", " ".repeat(20_000)).statusCode()).isEqualTo(413);
    }

    @Test
    void replaysAnEventAndShowsItWithItsRuns() throws Exception {
        PushEvent event = SampleEvents.push("here/team/again", "main", 40, Instant.now());
        SampleEvents.publish(kafka, event);
        String request = "{\"event\":\"" + event.id() + "\",\"dryRun\":true}";
        HttpResponse<String> dry = post("/api/replays", request);
        assertThat(dry.statusCode()).isEqualTo(200);
        assertThat(Json.mapper().readTree(dry.body()).at("/jobs/0/run").isMissingNode())
                .isTrue();

        HttpResponse<String> real = post("/api/replays", request.replace("true", "false"));
        assertThat(real.statusCode()).isEqualTo(202);
        String run = Json.mapper().readTree(real.body()).at("/jobs/0/run").asText();
        assertThat(GatewayKafka.records(kafka, Topic.JOBS))
                .anySatisfy(
                        entry -> assertThat(new String(entry.value(), UTF_8)).contains(run));

        JsonNode shown = json("/api/events/" + event.id());
        assertThat(shown.at("/event/ref").asText()).isEqualTo("refs/heads/main");
        assertThat(shown.at("/runs").isArray()).isTrue();
    }

    @Test
    void followsALogWhileItRuns() throws Exception {
        RunSubject subject = push("here/team/log", 50);
        RunId id = written(running(subject, 4, 0, "Building"));
        log(id, 4, 0, "Building", "first");
        List<String> received = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> received(id, received));
        await().untilAsserted(() -> assertThat(received).anyMatch(line -> line.contains("first")));
        assertThat(received).noneMatch(line -> line.startsWith("event: end"));

        log(id, 4, 1, "Building", "second");
        await().untilAsserted(() -> assertThat(received).anyMatch(line -> line.contains("second")));
        log(id, 3, 9, "Building", "from a displaced worker");
        log(id, 4, 1, "Building", "second");
        log(id, 4, 2, "Pushing", "last");
        written(ended(subject, 4, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed")));
        ended.join();
        List<String> data =
                received.stream().filter(line -> line.startsWith("data: ")).toList();
        assertThat(data).hasSize(4);
        assertThat(data.get(2)).contains("last").contains("Pushing");
        assertThat(data.get(3)).contains("succeeded");
    }

    @Test
    void refusesToGoOnWithWhatIsNoReleaseOrNotKnown() throws Exception {
        RunId build = written(ended(push("here/team/none", 55), 4, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed")));
        for (String verb : List.of("resume", "abort")) {
            HttpResponse<String> other = post("/api/runs/" + build + "/" + verb, "{}");
            assertThat(other.statusCode()).isEqualTo(400);
            assertThat(other.body()).contains("is no release");
            HttpResponse<String> unknown = post("/api/runs/" + "0".repeat(24) + "/" + verb, "{}");
            assertThat(unknown.statusCode()).isEqualTo(404);
            HttpResponse<String> garbage = post("/api/runs/x%20y/" + verb, "{}");
            assertThat(garbage.statusCode()).isBetween(400, 404);
        }
    }

    @Test
    void goesOnWithALogWhereTheReaderWas() throws Exception {
        RunSubject subject = push("here/team/resumed", 51);
        RunId id = written(ended(subject, 4, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed")));
        log(id, 4, 0, "Building", "had it");
        log(id, 4, 1, "Building", "not yet");
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(base.resolve("/api/runs/" + id + "/logs"))
                        .header("Last-Event-ID", "4.0")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).doesNotContain("had it").contains("not yet").contains("event: end");
    }

    @Test
    void givesALogAsTextUpToNow() throws Exception {
        RunId id = written(running(push("here/team/text", 52), 4, 0, "Building"));
        RunId other = run(push("here/team/text", 53), "");
        log(id, 4, 0, "Fetching", "a", "b");
        log(other, 4, 0, "Fetching", "of another run");
        log(id, 4, 1, "Building", "<c>");
        HttpResponse<String> answer = get("/api/runs/" + id + "/logs?follow=false");
        assertThat(answer.body()).isEqualTo("== Fetching\na\nb\n== Building\n<c>\n");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    }

    @Test
    void boundsHowManyReadLogs() throws Exception {
        RunId id = written(running(push("here/team/crowd", 54), 4, 0, "Building"));
        List<HttpResponse<java.io.InputStream>> open = new ArrayList<>();
        try {
            int refused = 0;
            for (int i = 0; i < 40; i++) {
                HttpResponse<java.io.InputStream> answer = HTTP.send(
                        HttpRequest.newBuilder(base.resolve("/api/runs/" + id + "/logs"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                open.add(answer);
                refused += answer.statusCode() == 503 ? 1 : 0;
            }
            assertThat(refused).isBetween(8, 12);
        } finally {
            for (HttpResponse<java.io.InputStream> answer : open) {
                answer.body().close();
            }
        }
        await().untilAsserted(() -> assertThat(
                        get("/api/runs/" + id + "/logs?follow=false").statusCode())
                .isEqualTo(200));
    }

    @Test
    void escapesHostileNamesOnTheRunPage() throws Exception {
        String evil = "<script>alert(1)</script>\"'&\u202e\u001b[31m";
        RunSubject plain = push("here/team/evil", 60);
        RunSubject subject = new RunSubject(
                plain.kind(), plain.event(), plain.repository(), plain.target(), plain.commit(), evil, null, false);
        RunId id = written(ended(subject, 4, 2, Outcome.failed(evil, List.of(evil, "--></pre>" + evil))));
        for (String path : List.of("/runs/" + id, "/runs")) {
            HttpResponse<String> page = get(path);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body())
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")
                    .doesNotContain("<script>alert")
                    .doesNotContain("</pre>&lt;script")
                    .doesNotContain("\u202e")
                    .doesNotContain("\u001b");
            assertThat(page.headers().firstValue("Content-Security-Policy"))
                    .get()
                    .asString()
                    .contains("default-src 'none'")
                    .doesNotContain("unsafe");
        }
    }

    @Test
    void showsOnTheRunPageWhatPeopleLookFor() throws Exception {
        RunId id = written(
                ended(pullRequest("here/team/page", 61, 7), 4, 2, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed app")));
        assertThat(get("/runs/" + id).body())
                .contains("https://git.example/team/page/-/merge_requests/7")
                .contains("https://git.example/team/page/-/commit/" + SampleRuns.commit(61))
                .contains("docker pull registry.example/team/app:main-abc1234")
                .contains("sha256:0123456789abcdef")
                .contains("12 of 14 cached")
                .contains("Pushed app");
        assertThat(get("/runs/0123456789abcdef01234567").statusCode()).isEqualTo(404);
        assertThat(get("/runs/0123456789abcdef01234567").body()).contains("look again in a moment");
    }

    private static RunId written(RunState state) throws Exception {
        GatewayKafka.write(publisher, Topic.RUNS, state.run().value(), state.run() + "@" + state.epoch(), state);
        runs.catchUp(Duration.ofSeconds(20));
        return state.run();
    }

    private static void log(RunId run, long epoch, long sequence, String step, String... lines) throws Exception {
        GatewayKafka.write(
                publisher,
                Topic.LOGS,
                run.value(),
                run.value(),
                new LogChunk(run, epoch, sequence, step, List.of(lines), START));
    }

    private static void received(RunId run, List<String> lines) {
        try {
            HttpResponse<java.io.InputStream> answer = HTTP.send(
                    HttpRequest.newBuilder(base.resolve("/api/runs/" + run + "/logs"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
                reader.lines().forEach(lines::add);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<RunId> listed(String query) throws Exception {
        List<RunId> found = new ArrayList<>();
        json("/api/runs?" + query)
                .at("/runs")
                .forEach(run -> found.add(new RunId(run.at("/run").asText())));
        return found;
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(base + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
