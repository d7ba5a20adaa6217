package io.forgefleet.clients.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What registries answer that cannot be had here: challenges, rate limits, hangs. */
class RegistryFaultsTest {

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    @TempDir
    Path folder;

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private volatile Handler handler = exchange -> exchange.sendResponseHeaders(500, -1);
    private HttpServer server;
    private String host;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            handler.handle(exchange);
        });
        server.start();
        host = "127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Registry registry(String config) throws IOException {
        return registry(config, Map.of("PATH", System.getenv("PATH")));
    }

    private Registry registry(String config, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), config);
        return new Registry(host, true, new DockerCredentials(file, environment), Duration.ofSeconds(2));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    private void challenge(String challenge, String good) {
        handler = exchange -> {
            String path = exchange.getRequestURI().getPath();
            String given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (path.equals("/token")) {
                answer(exchange, given.equals(basic("fleet:p:w")) ? 200 : 401, "{\"token\":\"t0\",\"expires_in\":300}");
            } else if (given.equals(good)) {
                answer(exchange, 200, "{\"name\":\"a\",\"tags\":[\"x\"]}");
            } else {
                exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
                answer(exchange, 401, "");
            }
        };
    }

    private String stored(String pair) {
        return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(host, Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
    }

    @Test
    void answersABasicChallengeWithAPasswordThatHoldsAColon() throws Exception {
        challenge("Basic realm=\"r\"", basic("fleet:p:w"));
        assertThat(registry(stored("fleet:p:w")).tags("a", 10)).containsExactly("x");
    }

    @Test
    void fetchesATokenOnceAndKeepsIt() throws Exception {
        challenge(
                "Bearer realm=\"http://" + host + "/token\",service=\"s v\",scope=\"repository:a:pull\"", "Bearer t0");
        Registry registry = registry(stored("fleet:p:w"));
        assertThat(registry.tags("a", 10)).containsExactly("x");
        assertThat(registry.tags("a", 10)).containsExactly("x");
        assertThat(seen)
                .filteredOn(line -> line.contains("/token"))
                .hasSize(1)
                .allMatch(line -> line.contains("service=s+v&scope=repository%3Aa%3Apull"));
        assertThat(seen).hasSize(4);
    }

    @Test
    void asksTheCredentialHelperOfTheRegistry() throws Exception {
        Path helper = folder.resolve("docker-credential-test");
        Files.writeString(
                helper,
                "#!/bin/sh\nread host; echo \"{\\\"Username\\\":\\\"fleet\\\",\\\"Secret\\\":\\\"$PASSWORD\\\"}\"\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        challenge("Basic realm=\"r\"", basic("fleet:p:w"));
        Map<String, String> environment = Map.of("PATH", folder.toString(), "PASSWORD", "p:w");
        String config = "{\"credHelpers\":{\"%s\":\"test\"}}".formatted(host);
        assertThat(registry(config, environment).tags("a", 10)).containsExactly("x");
    }

    @Test
    void saysThatACredentialHelperIsMissing() throws Exception {
        challenge("Basic realm=\"r\"", basic("fleet:p:w"));
        assertThatThrownBy(() -> registry("{\"credsStore\":\"no-such-helper\"}").tags("a", 10))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("docker-credential-no-such-helper could not be started");
    }

    @Test
    void saysThatCredentialsAreMissingOrWrong() throws Exception {
        challenge("Basic realm=\"r\"", basic("fleet:p:w"));
        for (String config : List.of("{}", stored("fleet:other-secret"))) {
            assertThatThrownBy(() -> registry(config).tags("a", 10))
                    .isInstanceOfSatisfying(
                            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED))
                    .hasMessageNotContaining("other-secret");
        }
    }

    @Test
    void sendsNoPasswordToATokenServerWithoutTls() throws Exception {
        challenge("Bearer realm=\"ftp://elsewhere/token\",service=\"s\"", "Bearer t0");
        assertThatThrownBy(() -> registry(stored("fleet:p:w")).tags("a", 10))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
    }

    @ParameterizedTest
    @CsvSource({
        "429, UNAVAILABLE",
        "500, UNAVAILABLE",
        "503, UNAVAILABLE",
        "403, UNAUTHORIZED",
        "405, REFUSED",
        "404, NOT_FOUND"
    })
    void classifiesAnswers(int status, Kind kind) throws Exception {
        handler = exchange -> answer(exchange, status, "{\"errors\":[{\"code\":\"X\"}]}");
        assertThatThrownBy(() -> registry("{}").get("a", "latest"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining("answered " + status);
    }

    @Test
    void tellsWhenToComeBack() throws Exception {
        handler = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "17");
            answer(exchange, 429, "");
        };
        assertThatThrownBy(() -> registry("{}").digest("a", "latest"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(17)));
    }

    @Test
    void givesUpOnABodyThatNeverEnds() throws Exception {
        handler = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        };
        Instant asked = Instant.now();
        assertThatThrownBy(() -> registry("{}").get("a", "latest"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("no answer within");
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void refusesAManifestOfAnotherDigest() throws Exception {
        handler = exchange -> answer(exchange, 200, "{\"schemaVersion\":2}");
        assertThatThrownBy(() -> registry("{}").get("a", "sha256:" + "0".repeat(64)))
                .hasMessageContaining("the answer has digest");
    }

    @Test
    void stopsOnARegistryThatRepeatsItsPage() throws Exception {
        handler = exchange -> {
            exchange.getResponseHeaders().add("Link", "</v2/a/tags/list?n=1&last=x>; rel=\"next\"");
            answer(exchange, 200, "{\"tags\":[\"x\"]}");
        };
        assertThat(registry("{}").tags("a", 100)).containsExactly("x");
    }

    @Test
    void readsEveryPageOfReferrersAndNoneOfAnotherHost() throws Exception {
        Digest subject = new Digest("sha256:" + "0".repeat(63) + "1");
        String page = "{\"manifests\":[{\"digest\":\"sha256:%s\"}]}";
        handler = exchange -> {
            boolean first = exchange.getRequestURI().getQuery() == null;
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.oci.image.index.v1+json");
            if (first) {
                exchange.getResponseHeaders().add("Link", "<" + exchange.getRequestURI() + "?next=2>; rel=\"next\"");
            }
            answer(exchange, 200, page.formatted((first ? "a" : "b").repeat(64)));
        };
        assertThat(registry("{}").referrers().hasApi("a")).isTrue();
        assertThat(registry("{}").referrers().of("a", subject))
                .containsExactly(new Digest("sha256:" + "a".repeat(64)), new Digest("sha256:" + "b".repeat(64)));

        handler = exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.oci.image.index.v1+json");
            exchange.getResponseHeaders().add("Link", "<http://elsewhere.invalid/>; rel=\"next\"");
            answer(exchange, 200, page.formatted("a".repeat(64)));
        };
        assertThatThrownBy(() -> registry("{}").referrers().of("a", subject)).hasMessageContaining("elsewhere.invalid");
    }

    @Test
    void referrersThatStayAwayAreNotNone() throws Exception {
        Digest subject = new Digest("sha256:" + "0".repeat(63) + "1");
        handler = exchange -> answer(exchange, 503, "");
        assertThatThrownBy(() -> registry("{}").referrers().of("a", subject))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue());
        handler = exchange ->
                answer(exchange, exchange.getRequestURI().getPath().contains("/manifests/") ? 503 : 404, "");
        assertThatThrownBy(() -> registry("{}").referrers().of("a", subject))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue());
    }
}
