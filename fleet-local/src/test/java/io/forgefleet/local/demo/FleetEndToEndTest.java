package io.forgefleet.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.cli.Shell;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.demo.site.DemoSite;
import io.forgefleet.local.server.FleetServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole fleet in this process, on a real broker, forge, registry and engine, seen from outside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetEndToEndTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private DemoSite site;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(engineAnswers(), "no Docker engine answers: start one to run this test");
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        assumeTrue(
                Programs.find("busybox", System.getenv("PATH")).isPresent(),
                "no busybox: apt-get install busybox-static");
        site = DemoSite.start(folder.resolve("site"), System.getenv());
    }

    @AfterAll
    void end() {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void pushesAndPullRequestsBecomeImagesAndStatusesThatTheCommandsTellOf() throws Exception {
        var told = new ByteArrayOutputStream();
        var out = new PrintStream(told, true, StandardCharsets.UTF_8);

        List<Scene> scenes = new Story(site, new Narrator(new Terminal(out, out, false, false))).tell(folder);

        boolean strangersAreBuilt = site.strangersObstacle().isEmpty();
        List<String> tags = new ArrayList<>(List.of(
                "warmest-day-SHA", "pr-1-SHA", "warmest-day-SHA", "pr-1-SHA", "-", "hasty-SHA", "sha-SHA", "-"));
        List<String> statuses = new ArrayList<>(Collections.nCopies(7, "success"));
        statuses.set(4, "error: superseded");
        statuses.add("error: waits for /ok-to-test");
        if (strangersAreBuilt) {
            tags.add("pr-2-SHA");
            statuses.add("success");
        }
        boolean scanned = site.scanObstacle().isEmpty();
        tags.add(scanned ? "pr-1-SHA" : "-");
        statuses.add(scanned ? "failure: blocked" : "skipped: " + site.scanObstacle());
        boolean databases = Programs.find("sqlite3", System.getenv("PATH")).isPresent();
        tags.addAll(Collections.nCopies(databases ? 5 : 1, "-"));
        statuses.addAll(
                databases
                        ? Collections.nCopies(5, "success")
                        : List.of("skipped: no sqlite3 here: apt-get install sqlite3"));
        boolean released = site.releaseObstacle().isEmpty();
        tags.add(released ? "1.0.0" : "-");
        statuses.add(released ? "success" : "skipped: " + site.releaseObstacle());
        if (released) {
            tags.addAll(Collections.nCopies(4, "-"));
            statuses.addAll(List.of("success", "success", "success", "not verified, as is due"));
            assertThat(told.toString(StandardCharsets.UTF_8))
                    .containsSubsequence("plan", "build images", "make files", "scan", "verify", "promote", "publish")
                    .contains("NOT VERIFIED");
        }
        tags.addAll(List.of("sha-SHA", "-"));
        statuses.addAll(List.of("success", "gone"));
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("is gone after", "down to each blob");
        assertThat(scenes)
                .extracting(scene -> scene.tag().replaceAll("[0-9a-f]{7}$", "SHA"))
                .containsExactlyElementsOf(tags);
        assertThat(scenes).extracting(Scene::status).containsExactlyElementsOf(statuses);
        assertThat(scenes.get(1).cached())
                .as("the same commit again")
                .isEqualTo(scenes.get(1).steps());
        assertThat(scenes.get(2).cached()).as("steps before the change").isGreaterThanOrEqualTo(5);
        assertThat(told.toString(StandardCharsets.UTF_8)).contains("RUN awk").contains("(from the cache)");

        String run = scenes.getFirst().page().getPath().replace("/runs/", "");
        assertThat(fleet("runs", "--repository", "team/almanac").out())
                .contains(run)
                .contains("succeeded")
                .contains("#1")
                .contains("warmest-day");
        JsonNode listed = Json.mapper()
                .readTree(fleet("runs", "--repository", "team/almanac", "--pr", "1", "--json")
                        .out());
        assertThat(FleetServer.rows(listed)).hasSize(2);
        assertThat(fleet("logs", run.substring(0, 12)).out())
                .contains("RUN awk")
                .contains("almanac knows");
        Shell followed = fleet("logs", "-f", run);
        assertThat(followed.out()).contains("RUN awk").contains("== push");
        assertThat(followed.err()).contains("succeeded: pushed warmest-day-");
        for (Scene scene : scenes) {
            if (scene.tag().equals("1.0.0")) {
                theReleaseIsToldGoesOnAndIsNotTakenBack(scene.page().getPath().replace("/runs/", ""));
            }
        }
    }

    private void theReleaseIsToldGoesOnAndIsNotTakenBack(String run) throws Exception {
        Shell shown = fleet("release", "show", run);
        assertThat(shown.exit()).isZero();
        assertThat(shown.out()).containsSubsequence("plan", "sign", "verify", "promote", "publish");
        assertThat(shown.err()).contains("succeeded: released 1.0.0");

        Shell resumed = fleet("release", "resume", run);
        assertThat(resumed.exit()).as(resumed.err()).isZero();
        RunState again = RunWatch.await(
                "the release, resumed", PATIENCE, () -> ended(resumed.out().strip()));
        assertThat(Objects.requireNonNull(again.outcome()).message()).startsWith("1.0.0 is released already");

        Shell aborted = fleet("release", "abort", run);
        assertThat(aborted.exit()).as(aborted.err()).isZero();
        RunState kept = RunWatch.await(
                "the end of the abort", PATIENCE, () -> ended(aborted.out().strip()));
        assertThat(Objects.requireNonNull(kept.outcome()).reason()).isEqualTo(Outcome.Reason.FAILED);
        assertThat(kept.outcome().message()).contains("what is public is not taken back");
    }

    @Test
    void aReplayFindsTheImageThatIsThere() throws Exception {
        RunWatch watch = new RunWatch(site.forge(), site.server());
        String commit = push("again", "FROM busybox:1\nRUN echo built\n");
        watch.follow(watch.runOf(watch.eventOf("push", commit)), new Heard());

        Shell dry = fleet("replay", "--sha", commit, "--dry-run");
        assertThat(dry.out()).contains("again").contains("(dry run)");
        JsonNode jobs = Json.mapper()
                .readTree(fleet("replay", "--sha", commit, "--json").out());
        String run = jobs.path(0).path("run").asText();
        RunState replayed = RunWatch.await("the replay", PATIENCE, () -> ended(run));

        assertThat(replayed.subject().replay()).isTrue();
        assertThat(replayed.images()).singleElement().matches(image -> image.reused());
        assertThat(fleet("replay", "--sha", "0000000").exit()).isEqualTo(1);

        ImageTar tar = replayed.tars().getFirst();
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI there = site.pages().resolve("/api/runs/" + replayed.run() + "/image.tar");
            byte[] file = http.send(HttpRequest.newBuilder(there).build(), BodyHandlers.ofByteArray())
                    .body();
            assertThat(Digest.of(file)).as("from this very process").isEqualTo(tar.digest());
        }
    }

    @Test
    void aBrokenDockerfileIsAFailureWithItsLastLines() throws Exception {
        RunWatch watch = new RunWatch(site.forge(), site.server());
        String commit = push("broken", "FROM busybox:1\nRUN echo the-reason >&2; exit 3\n");

        Heard heard = new Heard();
        RunState run = watch.follow(watch.runOf(watch.eventOf("push", commit)), heard);

        Outcome outcome = Objects.requireNonNull(run.outcome());
        assertThat(outcome.reason()).isEqualTo(Outcome.Reason.FAILED);
        assertThat(outcome.lastLines()).anyMatch(line -> line.contains("the-reason"));
        assertThat(heard.lines).anyMatch(line -> line.contains("the-reason"));
        assertThat(run.images()).isEmpty();
        CommitStatus status =
                RunWatch.await("a status", PATIENCE, () -> site.forge().statuses("team/broken", commit).stream()
                        .filter(each -> each.state() == CommitStatus.State.FAILURE)
                        .findFirst());
        assertThat(status.description()).contains("exit code: 3");
        assertThat(URI.create(status.targetUrl()).getPath()).isEqualTo("/runs/" + run.run());
        assertThat(fleet("runs", "--state", "failed").out()).contains("team/broken");
    }

    /** Lines that a run wrote. */
    private static final class Heard implements io.forgefleet.local.server.RunLogs.Reader {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void line(String step, String line) {
            lines.add(line);
        }

        @Override
        public void ended(String reason, String message) {}
    }

    private java.util.Optional<RunState> ended(String run) {
        try {
            RunState state = Json.mapper().treeToValue(site.server().get("/api/runs/" + run, Map.of()), RunState.class);
            return java.util.Optional.of(state).filter(RunState::isFinal);
        } catch (Exception e) {
            return java.util.Optional.empty();
        }
    }

    private String push(String name, String dockerfile) throws Exception {
        Account ann = site.forge().account("ann");
        site.createRepository("team", name, ann);
        site.forge().addWebhook("team/" + name, site.webhook(), site.webhookSecret());
        Path clone = folder.resolve("clone-" + name);
        Developer developer = Developer.cloning(site.forge().cloneUrl("team/" + name), clone, ann);
        Files.writeString(clone.resolve("Dockerfile"), dockerfile);
        String commit = developer.commit("Begin " + name);
        developer.push("main");
        return commit;
    }

    private Shell fleet(String... arguments) {
        return Shell.fleet(Map.of("FLEET_SERVER", site.pages().toString()), arguments);
    }

    private static boolean engineAnswers() {
        try (Engine engine = new Engine(
                "unix:///var/run/docker.sock", null, DockerCredentials.ofThisProcess(), Duration.ofSeconds(5))) {
            engine.ping();
            return true;
        } catch (Exception e) {
            return false;
        }
    }
}
