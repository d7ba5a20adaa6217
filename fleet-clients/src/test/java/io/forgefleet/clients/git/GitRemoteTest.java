package io.forgefleet.clients.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitRemoteTest {

    @TempDir
    Path temp;

    private GitHttpServer server;
    private GitRemote remote;

    @BeforeEach
    void start() throws Exception {
        Origin origin = new Origin(temp.resolve("forge"), "app.git");
        origin.commit("refs/heads/main");
        server = new GitHttpServer(temp.resolve("forge"));
        remote = new GitRemote(server.url("app.git"), "oauth2", "s3cret-t0ken");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteRefs refs(GitRemote of, Duration timeout) throws Exception {
        try (GitMirrors mirrors = new GitMirrors(temp.resolve("data"), timeout)) {
            return mirrors.refs(of);
        }
    }

    @Test
    void sendsTheTokenAsBasicAuthentication() throws Exception {
        assertThat(refs(remote, Duration.ofSeconds(20)).head("refs/heads/main")).isPresent();
        String expected = Base64.getEncoder().encodeToString("oauth2:s3cret-t0ken".getBytes(StandardCharsets.UTF_8));
        assertThat(server.requests).isNotEmpty().allMatch(line -> line.endsWith(" Basic " + expected));
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED",
        "403, UNAUTHORIZED",
        "404, NOT_FOUND",
        "500, UNAVAILABLE",
        "503, UNAVAILABLE",
        "429, UNAVAILABLE"
    })
    void classifiesTheForgesAnswers(int status, Kind kind) {
        server.fault = status;
        assertThatThrownBy(() -> refs(remote, Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(server.url("app.git"))
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void calledAwayForgeIsWorthAnotherAttempt() {
        server.close();
        assertThatThrownBy(() -> refs(remote, Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void endsAtTheTimeoutWhenTheForgeHangs() {
        server.fault = -1;
        assertThatThrownBy(() -> refs(remote, Duration.ofMillis(700)))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("git ls-remote did not end within");
    }

    @Test
    void endsAtOnceAtInterrupt() throws Exception {
        server.fault = -1;
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                refs(remote, Duration.ofSeconds(60));
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        Awaitility.await().until(() -> !server.requests.isEmpty());
        Instant asked = Instant.now();
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh://git@forge/app",
                "ext::sh -c touch",
                "git://forge/app",
                "https://u:p@forge/app",
                "/srv/app.git",
                "-x"
            })
    void refusesOtherTransportsAndCredentialsInTheUrl(String url) {
        assertThatThrownBy(() -> GitRemote.anonymous(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void doesNotPrintTheToken() {
        assertThat(remote.toString()).doesNotContain("s3cret");
    }
}
