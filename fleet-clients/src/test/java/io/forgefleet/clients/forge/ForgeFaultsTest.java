package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.run.CommitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForgeFaultsTest {

    private static void post(Forge forge, RecordedForge recorded) throws ClientException, InterruptedException {
        forge.postStatus(
                SampleForge.REPOSITORY,
                recorded.head(),
                new StatusPost("c", CommitStatus.State.SUCCESS, "d", "http://fleet.example/", null));
    }

    private static ClientException failure(ForgeKind kind, RecordedForge.Fault fault) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            recorded.fault = fault;
            Forge forge = recorded.open(true);
            ClientException post = catchThrowableOfType(ClientException.class, () -> post(forge, recorded));
            assertThat(post)
                    .hasMessageContaining("could not post status c of forge/team/app@1234567")
                    .hasMessageNotContaining("right-token");
            ClientException read =
                    catchThrowableOfType(ClientException.class, () -> forge.pullRequest(SampleForge.REPOSITORY, 1));
            assertThat(read.kind()).isEqualTo(post.kind());
            ClientException rights =
                    catchThrowableOfType(ClientException.class, () -> forge.mayWrite(SampleForge.REPOSITORY, "writer"));
            assertThat(rights)
                    .hasMessageContaining("could not ask what writer may do in forge/team/app")
                    .hasMessageNotContaining("right-token");
            assertThat(rights.kind()).isEqualTo(post.kind());
            assertThat(rights.retryAfter().isPresent())
                    .isEqualTo(post.retryAfter().isPresent());
            return post;
        }
    }

    @ParameterizedTest
    @EnumSource
    void comesBackAfterARateLimit(ForgeKind kind) throws Exception {
        for (int status : new int[] {429, 403}) {
            ClientException failure = failure(kind, exchange -> {
                exchange.getResponseHeaders().set("Retry-After", "21");
                RecordedForge.send(exchange, status, "{\"message\":\"slow down\"}");
                return true;
            });
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(21));
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForTheResetOfAnExhaustedLimit(ForgeKind kind) throws Exception {
        ClientException failure = failure(kind, exchange -> {
            exchange.getResponseHeaders().set("X-RateLimit-Remaining", "0");
            exchange.getResponseHeaders()
                    .set("X-RateLimit-Reset", String.valueOf(Instant.now().getEpochSecond() + 60));
            RecordedForge.send(exchange, 403, "{\"message\":\"API rate limit exceeded\"}");
            return true;
        });
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @EnumSource
    void triesAgainAfterAServersError(ForgeKind kind) throws Exception {
        for (int status : new int[] {500, 502, 503}) {
            ClientException failure = failure(kind, exchange -> {
                RecordedForge.send(exchange, status, "<html>bad gateway</html>");
                return true;
            });
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aForbiddenRepositoryIsAMatterOfRights(ForgeKind kind) throws Exception {
        ClientException failure = failure(kind, exchange -> {
            RecordedForge.send(exchange, 403, "{\"message\":\"Resource not accessible\"}");
            return true;
        });
        assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    @ParameterizedTest
    @EnumSource
    void doesNotTrustAnAnswerThatIsNoPullRequest(ForgeKind kind) throws Exception {
        for (String body : new String[] {"{\"number\":1,", "[]", "{}", "<html>login</html>", ""}) {
            try (RecordedForge recorded = new RecordedForge(kind)) {
                recorded.fault = exchange -> {
                    RecordedForge.send(exchange, 200, body);
                    return true;
                };
                assertThatThrownBy(() -> recorded.open(true).pullRequest(SampleForge.REPOSITORY, 1))
                        .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.retryable())
                                .isTrue());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatTellsNoRightsGivesNone(ForgeKind kind) throws Exception {
        String[] bodies = {"{\"permission\":", "[]", "[{}]", "{}", "<html>login</html>", "", "{\"permission\":\"\"}"};
        for (String body : bodies) {
            try (RecordedForge recorded = new RecordedForge(kind)) {
                recorded.fault = exchange -> {
                    RecordedForge.send(exchange, 200, body);
                    return true;
                };
                Forge forge = recorded.open(true);
                try {
                    assertThat(forge.mayWrite(SampleForge.REPOSITORY, "writer"))
                            .as(body)
                            .isFalse();
                } catch (ClientException e) {
                    assertThat(e.retryable()).as(body).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GITEA", "FORGEJO", "GITLAB"})
    void theRightsOfAnotherAreNotTaken(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            recorded.fault = exchange -> {
                if (exchange.getRequestURI().getPath().matches(".*/(permission|users)")) {
                    String user = "{\"id\":0,\"username\":\"writer\",\"login\":\"writer\",\"state\":\"active\"}";
                    RecordedForge.send(
                            exchange,
                            200,
                            kind == ForgeKind.GITLAB
                                    ? "[" + user + "]"
                                    : "{\"permission\":\"admin\",\"user\":" + user + "}");
                    return true;
                }
                return false;
            };
            assertThat(recorded.open(true).mayWrite(SampleForge.REPOSITORY, "stranger"))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpOnAForgeThatHangs(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            recorded.fault = exchange -> true;
            Instant asked = Instant.now();
            assertThatThrownBy(() -> post(recorded.impatient(), recorded))
                    .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.retryable())
                            .isTrue());
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void stopsAtInterrupt(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            recorded.fault = exchange -> true;
            Forge forge = recorded.open(true);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    post(forge, recorded);
                } catch (ClientException | InterruptedException e) {
                    thrown.set(e);
                }
            });
            Awaitility.await().until(() -> !recorded.requests.isEmpty());
            Instant interrupted = Instant.now();
            thread.interrupt();
            thread.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(Duration.between(interrupted, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }
}
