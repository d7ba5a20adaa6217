package io.forgefleet.clients.forge.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.forge.scan.ScanUpload;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubScansTest {

    private static final RepositoryId REPOSITORY = new RepositoryId("forge", "team/app");
    private static final CommitId COMMIT = new CommitId("1234567890123456789012345678901234567890");
    private static final String TAKEN = "{\"id\":\"47177e22-5596\",\"url\":\"x\"}";
    private static final byte[] SARIF = """
            {"version":"2.1.0","runs":[{"results":[{"ruleId":"ü","suppressions":[]},
            {"ruleId":"waived","suppressions":[{"kind":"external"}]}]}]}""".getBytes(UTF_8);

    /** What the forge answers, in order, each as {@code status body}. */
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Queue<JsonNode> uploads = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (body.length > 0) {
            uploads.add(Json.mapper().readTree(body));
        }
        String next = answers.size() > 1 ? answers.remove() : answers.element();
        byte[] bytes = next.substring(4).getBytes(UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(next.substring(0, 3)), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private ScanUpload upload(byte[] sarif, Duration longest) throws Exception {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        GitHubApi api = new GitHubApi(url, "right-token", Duration.ofSeconds(10));
        return new GitHubScans(api, Duration.ofMillis(1), longest)
                .upload(REPOSITORY, COMMIT, "refs/pull/7/head", sarif);
    }

    private ClientException failure(byte[] sarif) {
        ClientException failure =
                catchThrowableOfType(ClientException.class, () -> upload(sarif, Duration.ofMillis(20)));
        assertThat(failure)
                .hasMessageStartingWith("could not upload findings of forge/team/app@1234567")
                .hasMessageNotContaining("right-token");
        return failure;
    }

    @Test
    void uploadsAndWaitsUntilItIsRead() throws Exception {
        answers.addAll(List.of(
                "202 " + TAKEN,
                "404 {}",
                "200 {\"processing_status\":\"pending\"}",
                "200 {\"processing_status\":\"complete\",\"analyses_url\":\"x\"}"));
        ScanUpload upload = upload(SARIF, Duration.ofSeconds(10));
        assertThat(upload.complete()).isTrue();
        assertThat(upload.id()).isEqualTo("47177e22-5596");
        assertThat(requests).hasSize(4).startsWith("POST /api/v3/repos/team/app/code-scanning/sarifs");
        assertThat(requests.getLast()).isEqualTo("GET /api/v3/repos/team/app/code-scanning/sarifs/47177e22-5596");
        JsonNode sent = uploads.element();
        assertThat(sent.path("commit_sha").asText()).isEqualTo(COMMIT.value());
        assertThat(sent.path("ref").asText()).isEqualTo("refs/pull/7/head");
        byte[] compressed = Base64.getDecoder().decode(sent.path("sarif").asText());
        assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed)))
                .as("without what is suppressed")
                .hasBinaryContent(
                        "{\"version\":\"2.1.0\",\"runs\":[{\"results\":[{\"ruleId\":\"ü\",\"suppressions\":[]}]}]}"
                                .getBytes(UTF_8));
    }

    @Test
    void tellsWhyFindingsCouldNotBeRead() throws Exception {
        answers.addAll(
                List.of("202 " + TAKEN, "200 {\"processing_status\":\"failed\",\"errors\":[\"no runs\",\"x\"]}"));
        assertThat(upload(SARIF, Duration.ofSeconds(10)).errors()).containsExactly("no runs", "x");
        answers.clear();
        answers.addAll(List.of("202 " + TAKEN, "200 {\"processing_status\":\"failed\"}"));
        assertThat(upload(SARIF, Duration.ofSeconds(10)).complete()).isFalse();
    }

    @Test
    void doesNotWaitForEver() {
        answers.addAll(List.of("202 " + TAKEN, "200 {\"processing_status\":\"pending\"}"));
        ClientException failure = failure(SARIF);
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("47177e22-5596 and has not read it");
        assertThat(requests).hasSizeLessThan(10);
    }

    @Test
    void whatIsTooLargeIsNotSent() {
        byte[] noise = new byte[10_100_000];
        new Random(1).nextBytes(noise);
        String text = "\"" + Base64.getEncoder().encodeToString(noise) + "\"";
        ClientException failure = failure(text.getBytes(UTF_8));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("more than 10000000").hasMessageContaining("raise the severity");
        assertThat(requests).isEmpty();
    }

    @Test
    void whatIsNoJsonIsNotSent() {
        assertThat(failure("<sarif>".getBytes(UTF_8)).kind()).isEqualTo(Kind.REFUSED);
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"403", "404"})
    void saysWhatTheTokenNeeds(String status) {
        answers.add(status + " {\"message\":\"Code scanning is not enabled for this repository\"}");
        ClientException failure = failure(SARIF);
        assertThat(failure).hasMessageContaining("not enabled").hasMessageContaining("security_events");
        assertThat(failure.retryable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"502 <html>", "202 <html>", "202 {}", "202 {\"id\":\"../../x\"}", "429 {}"})
    void aFaultOfTheForgeMayPass(String answer) {
        answers.add(answer);
        assertThat(failure(SARIF).retryable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void onlyGitHubTakesFindings(ForgeKind kind) {
        Forge forge = Forge.open(kind, "http://127.0.0.1:1", "token", Duration.ofSeconds(1));
        assertThat(forge.codeScans().isPresent()).isEqualTo(kind == ForgeKind.GITHUB);
        assertThat(CodeScans.areTakenBy(kind)).isEqualTo(forge.codeScans().isPresent());
    }
}
