package io.forgefleet.gateway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.gateway.api.page.ForgeLinks;
import io.forgefleet.gateway.api.page.RunPage;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.download.Download;
import io.forgefleet.runtime.download.DownloadRoute;
import io.forgefleet.runtime.service.Service;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a worker through a gateway; the worker's side is the one that build workers have. */
class RunTarsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final byte[] content = new byte[20_000_003];
    private Digest digest;
    private Path file;
    private Service worker;
    private Vertx vertx;
    private final AtomicBoolean evicted = new AtomicBoolean();

    @BeforeEach
    void start() throws Exception {
        new Random(3).nextBytes(content);
        digest = Digest.of(content);
        file = Files.write(folder.resolve("file"), content);
        vertx = Vertx.vertx();
        worker = Service.start(
                "worker",
                FleetConfig.parse(
                        "listen: {management: '127.0.0.1:0'}\napi: {token: '${env:TOKEN}'}",
                        Map.of("TOKEN", "shared")));
        DownloadRoute.add(
                worker.management(),
                ImageTar.PATH,
                asked -> asked.equals(digest) && !evicted.get()
                        ? Optional.of(new Download(file, "application/x-tar", digest, content.length))
                        : Optional.empty());
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await();
        worker.stop();
    }

    @Test
    void aDownloadThatWasCutGoesOnAndIsTheFile() throws Exception {
        URI base = serve("shared", NOW, tar("app", worker.advertisedUrl()));
        HttpResponse<byte[]> whole = get(base, "");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(content);
        assertThat(header(whole, "Content-Length")).isEqualTo(Integer.toString(content.length));
        assertThat(header(whole, "Content-Disposition")).isEqualTo("attachment; filename=\"app.tar\"");
        assertThat(header(whole, "Content-Type")).isEqualTo("application/x-tar");
        assertThat(header(whole, "Repr-Digest")).startsWith("sha-256=:");

        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        HttpResponse<byte[]> first = get(base, "", "Range", "bytes=0-4999999");
        assertThat(first.statusCode()).isEqualTo(206);
        joined.write(first.body());
        HttpResponse<byte[]> rest = get(base, "", "Range", "bytes=5000000-", "If-Range", header(first, "ETag"));
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(header(rest, "Content-Range")).isEqualTo("bytes 5000000-20000002/20000003");
        joined.write(rest.body());
        assertThat(joined.toByteArray()).isEqualTo(content);

        HttpResponse<byte[]> beyond = get(base, "", "Range", "bytes=20000003-");
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(header(beyond, "Content-Range")).isEqualTo("bytes */20000003");

        HttpResponse<byte[]> head = HTTP.send(
                HttpRequest.newBuilder(base)
                        .method("HEAD", BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(content.length));
        assertThat(header(head, "Repr-Digest")).isEqualTo(header(whole, "Repr-Digest"));
    }

    @Test
    void ofSeveralImagesTheNameIsAskedFor() throws Exception {
        URI base = serve("shared", NOW, tar("cli", worker.advertisedUrl()), tar("server", worker.advertisedUrl()));
        assertThat(get(base, "?image=server").body()).isEqualTo(content);
        assertThat(header(get(base, "?image=cli"), "Content-Disposition")).contains("cli.tar");
        assertThat(get(base, "").statusCode()).isEqualTo(400);
        assertThat(text(get(base, ""))).contains("cli, server", "?image=NAME");
        assertThat(get(base, "?image=other").statusCode()).isEqualTo(404);
        assertThat(text(get(base, "?image=other"))).contains("cli, server");
        URI none = serve("shared", NOW);
        assertThat(get(none, "").statusCode()).isEqualTo(404);
        assertThat(text(get(none, ""))).contains("kept no image as a tar", "imageTar");
    }

    @Test
    void whatIsGoneIsSaidToBe() throws Exception {
        ImageTar tar = tar("app", worker.advertisedUrl());
        URI late = serve("shared", tar.until(), tar);
        assertThat(get(late, "").statusCode()).isEqualTo(410);
        assertThat(text(get(late, ""))).contains("it was kept until 2026-03-02T10:00:00Z");
        URI base = serve("shared", NOW, tar);
        evicted.set(true);
        assertThat(get(base, "").statusCode()).isEqualTo(410);
        assertThat(text(get(base, ""))).contains("to make room");
    }

    @Test
    void aWorkerThatIsAwayOrDoesNotLetTheGatewayInIsSaidToBe() throws Exception {
        URI stranger = serve("another", NOW, tar("app", worker.advertisedUrl()));
        assertThat(get(stranger, "").statusCode()).isEqualTo(502);
        assertThat(text(get(stranger, ""))).contains("same api.token").doesNotContain("another");
        URI base = serve("shared", NOW, tar("app", worker.advertisedUrl()));
        worker.stop();
        assertThat(get(base, "").statusCode()).isEqualTo(502);
        assertThat(text(get(base, ""))).contains(worker.advertisedUrl().toString(), "replay --rebuild");
        URI nowhere = serve("shared", NOW, tar("app", URI.create("http://no-such-host.invalid:1")));
        assertThat(get(nowhere, "").statusCode()).isEqualTo(502);
    }

    @Test
    void anotherFileAtThatAddressIsNotHandedOn() throws Exception {
        HttpServer other = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("<html>somebody else</html>"))
                .listen(0, "127.0.0.1")
                .await();
        URI base = serve("shared", NOW, tar("app", URI.create("http://127.0.0.1:" + other.actualPort())));
        assertThat(get(base, "").statusCode()).isEqualTo(502);
    }

    @Test
    void noMoreThanAFewBuffersWaitForACallerThatIsSlow() throws Exception {
        AtomicLong sent = new AtomicLong();
        AtomicBoolean closed = new AtomicBoolean();
        long size = 2L << 30;
        HttpServer endless = vertx.createHttpServer()
                .requestHandler(request -> {
                    HttpServerResponse response = request.response()
                            .putHeader("ETag", DownloadRoute.tag(digest))
                            .putHeader("Content-Length", Long.toString(size));
                    response.closeHandler(gone -> closed.set(true));
                    response.exceptionHandler(gone -> closed.set(true));
                    response.drainHandler(ready -> fill(response, sent));
                    fill(response, sent);
                })
                .listen(0, "127.0.0.1")
                .await();
        URI base = serve("shared", NOW, tar("app", URI.create("http://127.0.0.1:" + endless.actualPort())));
        try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
            caller.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> sent.get() > 0 && last.getAndSet(sent.get()) == sent.get());
            assertThat(sent.get()).as("sockets' buffers and a few of ours").isLessThan(64L << 20);
            caller.getInputStream().readNBytes(32 << 20);
            await().until(() -> sent.get() > last.get());
        }
        await("the worker is left in peace when the caller goes").untilTrue(closed);
    }

    private static void fill(HttpServerResponse response, AtomicLong sent) {
        while (!response.writeQueueFull() && !response.closed()) {
            response.write(Buffer.buffer(new byte[65_536]));
            sent.addAndGet(65_536);
        }
    }

    @Test
    void whatAWorkerBreaksOffLooksCut() throws Exception {
        HttpServer dying = vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("ETag", DownloadRoute.tag(digest))
                        .putHeader("Content-Length", "1000000")
                        .write(Buffer.buffer(new byte[1000]))
                        .onComplete(written -> request.connection().close()))
                .listen(0, "127.0.0.1")
                .await();
        URI base = serve("shared", NOW, tar("app", URI.create("http://127.0.0.1:" + dying.actualPort())));
        HttpResponse<InputStream> answer =
                HTTP.send(HttpRequest.newBuilder(base).build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void thePageOfTheRunHasALinkUntilTheFileIsGone() throws Exception {
        RunPage page = new RunPage(new ForgeLinks(FleetConfig.parse("", Map.of())));
        ImageTar tar = tar("app", worker.advertisedUrl());
        RunState run = run(tar);
        assertThat(page.render(run, NOW))
                .contains("/api/runs/" + run.run() + "/image.tar?image=app", "20.0 MB", digest.value())
                .doesNotContain(worker.advertisedUrl().toString());
        assertThat(page.render(run, tar.until())).doesNotContain("image.tar?").contains("was kept until");
    }

    private URI serve(String token, Instant now, ImageTar... tars) {
        RunTars files = new RunTars(vertx, Secret.of(token), InstantSource.fixed(now));
        RunState run = run(tars);
        Router router = Router.router(vertx);
        router.route("/")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(Answers.handling(
                        context -> files.send(run, context.queryParams().get("image"), context)));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
        return URI.create("http://127.0.0.1:" + server.actualPort() + "/");
    }

    private ImageTar tar(String image, URI at) {
        return new ImageTar(image, digest, content.length, at, NOW.plus(Duration.ofDays(1)));
    }

    private static HttpResponse<byte[]> get(URI base, String query, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(query.isEmpty() ? "/" : "/" + query));
        if (headers.length > 0) {
            request.headers(headers);
        }
        // the client's own timeout is over once the head is there
        return HTTP.sendAsync(request.build(), BodyHandlers.ofByteArray()).get(60, TimeUnit.SECONDS);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), UTF_8);
    }

    private static RunState run(ImageTar... tars) {
        RunState run = SampleRuns.ended(
                SampleRuns.push("here/team/app", 1), 1, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "done"));
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
                run.attachments(),
                List.of(tars),
                run.outcome(),
                null,
                null,
                run.startedAt(),
                run.updatedAt(),
                run.worker());
    }
}
