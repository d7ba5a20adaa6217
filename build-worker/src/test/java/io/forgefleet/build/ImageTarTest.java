package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images kept as tars, of an engine and of a BuildKit daemon, and what an engine makes of them. */
class ImageTarTest {

    private static final int CLEAN = BuildKitDaemon.freePort();

    @TempDir
    static Path folder;

    private static FaultyRegistry faulty;
    private static BuildKitDaemon clean;
    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        BuildKitDaemon.assumePresent();
        faulty = new FaultyRegistry();
        Site.Choice builders = registry -> {
            clean = BuildKitDaemon.start(folder.resolve("clean"), CLEAN, registry, faulty.address());
            return """
                    - {name: engine, endpoint: "%s", trust: [branch], slots: 2}
                    - {name: clean, endpoint: "tcp://127.0.0.1:%d", trust: [protected], slots: 2}
                    """.formatted(Site.ENGINE, CLEAN);
        };
        // what a BuildKit daemon built is uploaded by the worker, which reaches the registry by its other address
        Map<String, String> overrides = Map.of(
                "FLEET_REGISTRIES_0_API", faulty.address(), "FLEET_REPOSITORIES_0_MATCH", "local:team/failing-*");
        String others = "- {match: \"local:team/*\", imageTar: on}";
        site = new Site(
                folder,
                new Site.Setup(
                        "imageTar: push-failed",
                        builders,
                        faulty.address(),
                        "",
                        others,
                        "",
                        "",
                        overrides,
                        "workers: [build]"));
        faulty.standBefore(site.registry.address());
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (clean != null) {
            clean.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    @Test
    void anEngineLoadsEachImageOfARunAsItWasPushed() throws Exception {
        Clone clone = site.repository("both").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images: [{name: cli, platforms: [linux/amd64, linux/arm64]}, {name: server}]");
        RunState run = site.build(Site.pushed("both", "next", clone.push("next")));
        assertThat(Site.outcome(run).reason()).as(Site.outcome(run).message()).isEqualTo(Reason.SUCCEEDED);
        assertThat(run.tars()).extracting(ImageTar::image).containsExactly("cli", "server");
        assertThat(run.steps().getLast().name()).isEqualTo("keep as tar");
        for (int i = 0; i < 2; i++) {
            assertLoads(run.tars().get(i), run.images().get(i));
        }
    }

    @Test
    void whatABuildKitDaemonBuiltIsTheSameFromItAndFromTheRegistry() throws Exception {
        Clone clone = site.repository("own").write("hello", "1").write("Dockerfile", Site.PLAIN);
        PushEvent event = Site.pushed("own", "main", clone.push("main"));
        RunState run = site.build(event);
        assertThat(Site.outcome(run).reason()).as(Site.outcome(run).message()).isEqualTo(Reason.SUCCEEDED);
        ImageTar tar = run.tars().getFirst();
        assertLoads(tar, run.images().getFirst());
        assertThat(site.ledgerOf(run.run()))
                .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.IMAGE)
                .extracting(LedgerEntry::tags)
                .as("nothing was in the registry before it had its tag")
                .doesNotContain(List.of());

        RunState again = site.replay(event, false);
        assertThat(again.images().getFirst().reused()).isTrue();
        assertThat(again.tars()).extracting(ImageTar::digest).containsExactly(tar.digest());
        assertThat(again.tars().getFirst().until()).isAfter(tar.until());
        try (var left = Files.list(folder.resolve("data/images"))) {
            assertThat(left.filter(each -> String.valueOf(each.getFileName()).startsWith("tar")))
                    .isEmpty();
        }
    }

    @Test
    void aPushThatFailsForGoodLeavesATarAndSaysWhere() throws Exception {
        losesAndKeeps("lost", "next");
        losesAndKeeps("failing-engine", "next");
        losesAndKeeps("failing-buildkit", "main");
    }

    @Test
    void whereOnlyFailuresAreKeptASuccessInTheEndLeavesNone() throws Exception {
        PushEvent event = plain("failing-once", "next");
        faulty.show(FaultyRegistry.Fault.TOO_MANY);
        site.publish(event);
        await().until(() ->
                site.history.stream().anyMatch(state -> state.run().equals(Site.run(event)) && state.attempt() == 2));
        faulty.show(null);
        RunState run = site.ended(Site.run(event));
        assertThat(Site.outcome(run).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(run.tars()).isEmpty();
    }

    private static PushEvent plain(String repository, String branch) throws Exception {
        Clone clone = site.repository(repository)
                .write("hello", "1")
                .write("Dockerfile", Site.PLAIN + "LABEL nonce=" + System.nanoTime() + "\n");
        return Site.pushed(repository, branch, clone.push(branch));
    }

    private static void losesAndKeeps(String repository, String branch) throws Exception {
        PushEvent event = plain(repository, branch);
        faulty.show(FaultyRegistry.Fault.UNAVAILABLE);
        RunState run = site.build(event);
        faulty.show(null);
        assertThat(Site.outcome(run).reason()).isEqualTo(Reason.FAILED);
        assertThat(run.attempt()).isEqualTo(3);
        assertThat(Site.outcome(run).message())
                .contains("kept as a tar until 20", "GET /api/runs/" + run.run() + "/image.tar");
        assertThat(run.steps().getLast().name()).isEqualTo("push");
        assertThat(run.steps().getLast().failed()).isTrue();
        assertThat(site.tags(repository)).isEmpty();
        assertThat(run.tars()).hasSize(1);
        CommitId commit = Objects.requireNonNull(event.after());
        String tag = branch.equals("main") ? "sha-" + commit.sha7() : branch + "-" + commit.sha7();
        assertThat(loaded(run.tars().getFirst(), faulty.address() + "/team/" + repository + ":" + tag)
                        .at("/Config/Labels/org.opencontainers.image.revision")
                        .asText())
                .isEqualTo(commit.value());
    }

    private static void assertLoads(ImageTar tar, PushedImage image) throws Exception {
        assertThat(loaded(tar, image.repository() + ":" + image.tag())
                        .path("Id")
                        .asText())
                .isEqualTo(image.digest().value());
    }

    /** Downloads it from the worker and has an engine load it that has no such image. */
    private static JsonNode loaded(ImageTar tar, String tagged) throws Exception {
        Path file = folder.resolve(tar.digest().value().substring(7) + ".download");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Path> answer =
                    http.send(HttpRequest.newBuilder(tar.url()).build(), BodyHandlers.ofFile(file));
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        assertThat(Digest.of(Files.readAllBytes(file))).isEqualTo(tar.digest());
        assertThat(Files.size(file)).isEqualTo(tar.bytes());
        Command.Result load = docker("load", "-i", file.toString());
        assertThat(load.exit()).as(load.errors()).isZero();
        try {
            Command.Result inspected = docker("image", "inspect", tagged);
            assertThat(inspected.exit()).as(load.text() + inspected.errors()).isZero();
            return Json.mapper().readTree(inspected.text()).path(0);
        } finally {
            docker("image", "rm", tagged);
        }
    }

    private static Command.Result docker(String... arguments) throws Exception {
        return new Command(
                        Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList(),
                        Map.of("PATH", System.getenv("PATH"), "DOCKER_HOST", Site.ENGINE),
                        null,
                        "",
                        Duration.ofSeconds(60))
                .run(1 << 16);
    }
}
