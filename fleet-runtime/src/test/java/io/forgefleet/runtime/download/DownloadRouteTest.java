package io.forgefleet.runtime.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.service.Service;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadRouteTest {

    private static final int SIZE = 3_000_001;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final byte[] CONTENT = new byte[SIZE];

    @TempDir
    static Path folder;

    private static Service service;
    private static Digest digest;
    private static Path file;

    @BeforeAll
    static void start() throws Exception {
        new Random(7).nextBytes(CONTENT);
        digest = Digest.of(CONTENT);
        file = Files.write(folder.resolve("file"), CONTENT);
        service = Service.start(
                "test",
                FleetConfig.parse(
                        "listen: {management: '0.0.0.0:0', advertised: 'http://127.0.0.1:1'}\napi: {token: '${env:TOKEN}'}",
                        Map.of("TOKEN", "let-me-in")));
        DownloadRoute.add(
                service.management(),
                "/files",
                asked -> asked.equals(digest)
                        ? Optional.of(new Download(file, "application/x-tar", digest, SIZE))
                        : Optional.empty());
    }

    @AfterAll
    static void stop() throws Exception {
        service.stop();
        HTTP.close();
    }

    @Test
    void givesTheWholeFileWithItsDigest() throws Exception {
        HttpResponse<byte[]> whole = get("");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(CONTENT);
        assertThat(header(whole, "Content-Length")).isEqualTo(Integer.toString(SIZE));
        assertThat(header(whole, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(whole, "ETag")).isEqualTo("\"" + digest + "\"");
        assertThat(header(whole, "Repr-Digest")).isEqualTo(representation());

        HttpResponse<byte[]> head = HTTP.send(
                request(digest.value().substring(7), "let-me-in")
                        .method("HEAD", BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(SIZE));
        assertThat(header(head, "Repr-Digest")).isEqualTo(representation());
        assertThat(head.body()).isEmpty();
    }

    @Test
    void aDownloadThatWasCutGoesOnWhereItWas() throws Exception {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(get("bytes=0-1000000").body());
        HttpResponse<byte[]> rest = get("bytes=" + joined.size() + "-", "If-Range", "\"" + digest + "\"");
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(header(rest, "Content-Range")).isEqualTo("bytes 1000001-3000000/3000001");
        assertThat(header(rest, "Repr-Digest")).as("of the whole").isEqualTo(representation());
        joined.write(rest.body());
        assertThat(joined.toByteArray()).isEqualTo(CONTENT);

        HttpResponse<byte[]> other = get("bytes=1000001-", "If-Range", "\"sha256:" + "0".repeat(64) + "\"");
        assertThat(other.statusCode())
                .as("a part of what the caller has no part of")
                .isEqualTo(200);
        assertThat(other.body()).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0             | 206 | bytes 0-0/3000001",
                "bytes=3000000-        | 206 | bytes 3000000-3000000/3000001",
                "bytes=2999990-9999999 | 206 | bytes 2999990-3000000/3000001",
                "bytes=-10             | 206 | bytes 2999991-3000000/3000001",
                "bytes=-9999999        | 206 | bytes 0-3000000/3000001",
                "bytes=3000001-        | 416 | bytes */3000001",
                "bytes=-0              | 416 | bytes */3000001",
                "bytes=5-4             | 200 | ",
                "bytes=0-1,5-9         | 200 | ",
                "bytes=a-b             | 200 | ",
                "bytes=-               | 200 | ",
                "lines=1-2             | 200 | ",
                "bytes=99999999999999999999- | 200 | ",
            })
    void answersRangesAsTheSpecificationHasIt(String range, int status, String contentRange) throws Exception {
        HttpResponse<byte[]> answer = get(range.strip());
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
        assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(answer.body().length));
        if (status == 206) {
            int first = Integer.parseInt(contentRange.replaceAll("bytes (\\d+)-.*", "$1"));
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(CONTENT, first, first + answer.body().length));
        }
    }

    @Test
    void nobodyWithoutTheTokenAndNothingElseIsServed() throws Exception {
        HttpRequest.Builder wrong = request(digest.value().substring(7), "guessed");
        assertThat(HTTP.send(wrong.build(), BodyHandlers.discarding()).statusCode())
                .isEqualTo(401);
        for (String path : new String[] {"0".repeat(64), "..%2ffile", "file", digest.value()}) {
            assertThat(HTTP.send(request(path, "let-me-in").build(), BodyHandlers.discarding())
                            .statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        Path moved = Files.move(file, folder.resolve("moved"));
        assertThat(get("").statusCode()).as("deleted meanwhile").isEqualTo(404);
        Files.move(moved, file);
    }

    @Test
    void theAddressThatOthersUseIsTheConfiguredOneElseTheHost() throws Exception {
        assertThat(service.advertisedUrl()).isEqualTo(URI.create("http://127.0.0.1:1"));
        Service open = Service.start(
                "test",
                FleetConfig.parse(
                        "listen: {management: '0.0.0.0:0'}\napi: {token: '${env:TOKEN}'}", Map.of("TOKEN", "t")));
        Service closed = Service.start("test", FleetConfig.parse("listen: {management: '127.0.0.1:0'}", Map.of()));
        try {
            String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            assertThat(open.advertisedUrl())
                    .isEqualTo(URI.create(
                            "http://" + host + ":" + open.management().port()));
            assertThat(closed.advertisedUrl())
                    .isEqualTo(
                            URI.create("http://127.0.0.1:" + closed.management().port()));
        } finally {
            open.stop();
            closed.stop();
        }
    }

    private static HttpResponse<byte[]> get(String range, String... headers) throws Exception {
        HttpRequest.Builder request = request(digest.value().substring(7), "let-me-in");
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(String name, String token) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.management().port() + "/files/" + name))
                .header("Authorization", "Bearer " + token);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    private static String representation() throws Exception {
        return "sha-256=:"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(CONTENT))
                + ":";
    }
}
