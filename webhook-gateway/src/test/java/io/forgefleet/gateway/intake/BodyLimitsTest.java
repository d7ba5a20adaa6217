package io.forgefleet.gateway.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.ForgeKind;
import io.forgefleet.runtime.topic.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are too large, too many, too slow, packed or cut off: bounded memory and a clear answer. */
class BodyLimitsTest {

    private static final String EMPTY = "{}";

    private static TestGateway gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateway = TestGateway.withBroker(folder);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void holdsNoBodyAfterItsAnswer() {
        await().atMost(Duration.ofSeconds(5)).until(() -> gateway.held() == 0);
    }

    @Test
    void takesPayloadsOf20MegabytesAndPublishesLittle() throws Exception {
        String json = TestGateway.pushPayload("octo/large")
                .replaceFirst(
                        "\\{",
                        "{\"commits2\": ["
                                + "\"%s\",".formatted("x".repeat(999)).repeat(20_000) + "1],");

        HttpResponse<String> response = gateway.send(gateway.fromGithub(json));

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(gateway.records(Topic.PUSH))
                .filteredOn(record -> "github/octo/large".equals(record.key()))
                .singleElement()
                .satisfies(record -> assertThat(record.serializedValueSize()).isLessThan(1000));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answers413ToBodiesOverTheLimitChunkedOrNot(boolean chunked) throws Exception {
        byte[] body = new byte[IntakeLimits.DEFAULT.body() + 1];

        HttpResponse<String> response = gateway.send(gateway.request("/webhooks/github")
                .header("Content-Type", "application/json")
                .POST(
                        chunked
                                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                                : BodyPublishers.ofByteArray(body)));

        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void takesChunkedBodies() throws Exception {
        String json = TestGateway.pushPayload("octo/chunked");

        HttpResponse<String> response = gateway.send(gateway.fromGithub(json)
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(json.getBytes(UTF_8)))));

        assertThat(response.statusCode()).isEqualTo(202);
    }

    @Test
    void endsAChunkedBodyThatNeverEnds() throws Exception {
        try (Socket socket = gateway.socket()) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head("Transfer-Encoding: chunked"));
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(UTF_8);
            for (int i = 0; i < IntakeLimits.DEFAULT.body() / 0x10000 + 2; i++) {
                socket.getOutputStream().write(chunk);
            }
            assertThat(socket.getInputStream().readAllBytes()).asString(UTF_8).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void unpacksGzip() throws Exception {
        String json = TestGateway.pushPayload("octo/packed");

        HttpResponse<String> response = gateway.send(gateway.fromGithub(json)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip(json.getBytes(UTF_8)))));

        assertThat(response.statusCode()).isEqualTo(202);
    }

    @Test
    void answers413ToGzipThatExpandsBeyondTheLimit() throws Exception {
        byte[] bomb = gzip(new byte[60 * 1024 * 1024]);
        assertThat(bomb.length).isLessThan(1024 * 1024);

        assertThat(gateway.send(gateway.fromGithub(EMPTY)
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(bomb)))
                        .statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 20})
    void answers400ToBrokenGzip(int length) throws Exception {
        byte[] broken = Arrays.copyOf(gzip(new byte[1000]), length);

        assertThat(gateway.send(gateway.fromGithub(EMPTY)
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(broken)))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void answers400ToDeepNesting() throws Exception {
        assertThat(gateway.send(gateway.fromGithub("{\"a\":".repeat(201) + "1" + "}".repeat(201)))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void asksForABodyThatIsHeldBackUntilAskedFor() throws Exception {
        assertThat(gateway.send(gateway.push("octo/expect").expectContinue(true))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void answers429WhileManySlowLargeBodiesArriveAndSmallOnesStillPass() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                slow.add(slow(25_000_000));
            }
            await().until(() -> gateway.held() == 50_000_000);

            HttpResponse<String> large = gateway.send(gateway.fromGithub("x".repeat(20_000_000)));
            HttpResponse<String> small = gateway.send(gateway.push("octo/small-among-large"));

            assertThat(large.statusCode()).isEqualTo(429);
            assertThat(large.headers().firstValue("Retry-After")).isPresent();
            assertThat(small.statusCode()).isEqualTo(202);
            assertThat(gateway.count(ForgeKind.GITHUB, Outcome.BUSY)).isPositive();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        await().until(() -> gateway.held() == 0);
        assertThat(gateway.send(gateway.fromGithub("x".repeat(20_000_000))).statusCode())
                .isEqualTo(400);
    }

    @Test
    void boundsChunkedBodiesThatArriveTogether() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            byte[] chunk = ("100000\r\n" + "x".repeat(0x100000) + "\r\n").getBytes(UTF_8);
            for (int i = 0; i < 8; i++) {
                Socket socket = gateway.socket();
                slow.add(socket);
                socket.getOutputStream().write(head("Transfer-Encoding: chunked"));
                for (int j = 0; j < 12; j++) {
                    socket.getOutputStream().write(chunk);
                }
            }
            await().until(() -> gateway.count(ForgeKind.GITHUB, Outcome.BUSY) >= 1);
            assertThat(gateway.held()).isLessThanOrEqualTo((double) IntakeLimits.DEFAULT.bodies());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void answers408ToABodyThatDoesNotArrive() throws Exception {
        IntakeLimits hasty =
                new IntakeLimits(1_000_000, 8_000_000, 64_000, Duration.ofMillis(300), 100, Duration.ofMillis(2500));
        try (TestGateway impatient = gateway.another(hasty, AcceptedEvents.NONE);
                Socket socket = impatient.socket()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head("Content-Length: 1000"));
            assertThat(socket.getInputStream().readAllBytes()).asString(UTF_8).startsWith("HTTP/1.1 408");
            assertThat(impatient.held()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("oddRequests")
    void neverAnswersWithAServersFault(String request) throws Exception {
        try (Socket socket = gateway.socket()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString(UTF_8).doesNotStartWith("HTTP/1.1 5");
        }
    }

    static Stream<String> oddRequests() {
        String start = "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        return Stream.of(
                start + "Content-Length: -1\r\n\r\n",
                start + "Content-Length: 99999999999999999999\r\n\r\n",
                start + "Content-Length: abc\r\n\r\n",
                start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                start + "Content-Length: 10\r\n\r\n{}",
                start + "Accept: ;;q=x,,/\r\nAccept-Language: ;q=-\r\nContent-Length: 0\r\n\r\n",
                start + "X-Hub-Signature-256: \u0000\r\n\r\n",
                "POST /webhooks/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /webhooks/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /webhooks/../github HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /webhooks/github/ HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST * HTTP/1.1\r\nHost: x\r\n\r\n",
                "BREW /webhooks/github HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: ;\r\nContent-Length: 0\r\n\r\n",
                "\r\n\r\n\r\n");
    }

    private static Socket slow(int length) throws IOException {
        Socket socket = gateway.socket();
        socket.getOutputStream().write(head("Content-Length: " + length));
        return socket;
    }

    private static byte[] head(String header) {
        return ("POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + header + "\r\n\r\n")
                .getBytes(UTF_8);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }
}
