package io.forgefleet.gateway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.Artifact;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.place.Registries;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of runs, in a real registry. */
class RunFilesTest {

    private static final byte[] SARIF = "{\"version\": \"2.1.0\"}".getBytes(UTF_8);

    @TempDir
    Path folder;

    private LocalRegistry registry;
    private Vertx vertx;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() {
        if (vertx != null) {
            vertx.close().await();
            registry.close();
        }
    }

    @Test
    void handsOnWhatTheRunLeftAndSaysWhenItIsGone() throws Exception {
        FleetConfig config = FleetConfig.parse(
                "registries: [{name: main, address: \"outside.example/x\", api: \"%s/x\", plainHttp: true}]"
                        .formatted(registry.address()),
                Map.of());
        Registry client =
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        String image = new SmallImages(registry.address(), "x/app").push(folder, "linux/amd64", Map.of());
        Artifact.Pushed pushed = new Artifact("application/sarif+json", "scan.sarif", client.get("x/app", image))
                .push(client, "x/app", "report", SARIF, folder);
        Attachment there = new Attachment(
                "scan.sarif", "application/sarif+json", "outside.example/x/app", pushed.file(), SARIF.length);
        Attachment gone = new Attachment(
                "gone.sarif", "application/sarif+json", "outside.example/x/other", pushed.file(), SARIF.length);
        RunFiles files = new RunFiles(new Registries(config, DockerCredentials.ofThisProcess()));
        URI base = serve(files, with(List.of(there, gone)));

        HttpResponse<byte[]> answer = get(base, "scan.sarif");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(SARIF);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/sarif+json");
        assertThat(get(base, "gone.sarif").statusCode()).isEqualTo(404);
        assertThat(new String(get(base, "other").body(), UTF_8)).contains("left no other");
    }

    private URI serve(RunFiles files, RunState run) {
        Router router = Router.router(vertx);
        router.get("/:file")
                .handler(Answers.handling(context -> files.send(run, context.pathParam("file"), context.response())));
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        server.listen(0, "127.0.0.1").await();
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/");
    }

    private static HttpResponse<byte[]> get(URI base, String name) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(base.resolve(name)).build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static RunState with(List<Attachment> files) {
        RunState run = SampleRuns.ended(
                SampleRuns.push("here/team/app", 1), 1, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "clean"));
        return new RunState(
                run.run(),
                run.epoch(),
                run.revision(),
                run.subject(),
                run.phase(),
                run.attempt(),
                0,
                run.steps(),
                run.images(),
                files,
                List.of(),
                run.outcome(),
                null,
                null,
                run.startedAt(),
                run.updatedAt(),
                run.worker());
    }
}
