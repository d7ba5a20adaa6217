package io.forgefleet.clients.forge;

import static io.forgefleet.clients.forge.ReleaseConformance.RUN;
import static io.forgefleet.clients.forge.ReleaseConformance.small;
import static io.forgefleet.clients.forge.ReleaseSample.REPOSITORY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.RecordedReleases.Asset;
import io.forgefleet.clients.forge.RecordedReleases.Release;
import io.forgefleet.clients.forge.release.PreparedRelease;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseFaultsTest {

    @TempDir
    private Path folder;

    private ReleasePlan plan(RecordedForge recorded, String tag, Map<String, byte[]> content) throws Exception {
        return ReleaseConformance.plan(folder, tag, recorded.tag(tag, true), RUN, content);
    }

    private static PreparedRelease publish(RecordedForge recorded, ReleasePlan plan) throws Exception {
        return recorded.open(true).releases().publish(REPOSITORY, plan);
    }

    private static ClientException failure(RecordedForge recorded, ReleasePlan plan) {
        ClientException failure = catchThrowableOfType(ClientException.class, () -> publish(recorded, plan));
        assertThat(failure).hasMessageStartingWith("could not ").hasMessageNotContaining("right-token");
        return failure;
    }

    private static boolean isUpload(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.contains("/api/uploads/") || exchange.getRequestMethod().equals("PUT");
    }

    private static void onlyPublished(RecordedForge recorded, ReleasePlan plan) {
        List<Release> published = recorded.releases.of(plan.tag()).stream()
                .filter(release -> !release.draft)
                .toList();
        assertThat(published).hasSize(1);
        assertThat(published.getFirst().assets).hasSize(plan.assets().size());
        for (ReleaseAsset asset : plan.assets()) {
            assertThat(published.getFirst().assets)
                    .filteredOn(each -> each.whole()
                            && each.sha256().equals(asset.digest().value().substring(7)))
                    .as(asset.name())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void endsWellAfterItBrokeOffAtAnyRequest(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            boolean reached = true;
            int request = 0;
            for (; reached; request++) {
                int at = request;
                ReleasePlan plan = plan(recorded, "v1." + request, small("1", "2", "3"));
                int before = recorded.requests.size();
                int[] seen = {0};
                recorded.fault = exchange -> {
                    if (seen[0]++ != at) {
                        return false;
                    }
                    if (at % 2 == 0) {
                        exchange.close();
                    } else {
                        RecordedForge.send(exchange, 503, "<html>maintenance</html>");
                    }
                    return true;
                };
                try {
                    publish(recorded, plan);
                } catch (ClientException e) {
                    assertThat(e.retryable()).as("request %d: %s", at, e).isTrue();
                }
                reached = recorded.requests.size() - before > request;
                recorded.fault = exchange -> false;
                assertThat(publish(recorded, plan).published()).isTrue();
                onlyPublished(recorded, plan);
            }
            assertThat(request).isGreaterThan(8);
        }
    }

    /** The forge did it, and its answer got lost. */
    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void endsWellAfterAnyAnswerWasLost(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            for (int request = 0; request < 12; request++) {
                int at = request;
                ReleasePlan plan = plan(recorded, "v1." + request, small("1", "2", "3"));
                int[] seen = {0};
                recorded.loses = exchange -> seen[0]++ == at;
                try {
                    publish(recorded, plan);
                } catch (ClientException e) {
                    assertThat(e.retryable()).as("request %d: %s", at, e).isTrue();
                }
                recorded.loses = exchange -> false;
                assertThat(publish(recorded, plan).published()).isTrue();
                onlyPublished(recorded, plan);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void replacesTheHalfThatABadGatewayLeft(boolean listed) throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            ReleasePlan plan = plan(recorded, "v1", small("1", "2"));
            recorded.releases.listsHalves = listed;
            recorded.fault = exchange -> {
                if (!isUpload(exchange)) {
                    return false;
                }
                Release release = recorded.releases.newest("v1");
                release.assets.add(new Asset(recorded.releases.id(), "file-1.txt", new byte[0], false));
                RecordedForge.send(exchange, 502, "<html>bad gateway</html>");
                return true;
            };
            assertThat(failure(recorded, plan).kind()).isEqualTo(Kind.UNAVAILABLE);
            recorded.fault = exchange -> {
                // what was not listed yet is listed at last
                recorded.releases.listsHalves |= isUpload(exchange);
                return false;
            };
            assertThat(publish(recorded, plan).uploaded()).containsExactly("file-1.txt", "file-2.txt");
            onlyPublished(recorded, plan);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GITHUB, 413, REFUSED",
        "GITLAB, 413, REFUSED",
        "GITHUB, 422, REFUSED",
        "GITHUB, 401, UNAUTHORIZED",
        "GITLAB, 403, UNAUTHORIZED",
        "GITLAB, 400, REFUSED",
        "GITHUB, 429, UNAVAILABLE",
        "GITLAB, 429, UNAVAILABLE"
    })
    void tellsWhyAFileIsNotTaken(ForgeKind kind, int status, Kind expected) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            ReleasePlan plan = plan(recorded, "v1", Map.of("large.bin", new byte[2 << 20]));
            recorded.fault = exchange -> {
                if (isUpload(exchange)) {
                    if (status == 429) {
                        exchange.getResponseHeaders().set("Retry-After", "33");
                    }
                    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
                    RecordedForge.send(exchange, status, "{\"message\":\"no\"}");
                    return true;
                }
                return false;
            };
            ClientException failure = failure(recorded, plan);
            assertThat(failure.kind()).isEqualTo(expected);
            assertThat(failure).hasMessageContaining("upload large.bin");
            assertThat(failure.retryAfter().isPresent()).isEqualTo(status == 429);
            assertThat(recorded.releases.of("v1")).allMatch(release -> release.draft);
        }
    }

    /** Who answers while a file still comes may be heard or not; the file counts as sent in neither case. */
    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void aRefusalAmidAFileIsNoSuccess(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            ReleasePlan plan = plan(recorded, "v1", Map.of("large.bin", new byte[8 << 20]));
            recorded.fault = exchange -> {
                if (isUpload(exchange)) {
                    RecordedForge.send(exchange, 413, "{\"message\":\"too large\"}");
                    return true;
                }
                return false;
            };
            assertThat(failure(recorded, plan).kind()).isIn(Kind.REFUSED, Kind.UNAVAILABLE);
            assertThat(recorded.releases.of("v1")).allMatch(release -> release.draft && release.assets.isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void sendsAFileAnewWhoseConnectionWasCut(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            ReleasePlan plan = plan(recorded, "v1", Map.of("large.bin", new byte[8 << 20]));
            recorded.fault = exchange -> {
                if (!isUpload(exchange)) {
                    return false;
                }
                exchange.getRequestBody().readNBytes(1 << 20);
                throw new IOException("cut");
            };
            assertThat(failure(recorded, plan).retryable()).isTrue();
            recorded.fault = exchange -> false;
            assertThat(publish(recorded, plan).uploaded()).containsExactly("large.bin");
            onlyPublished(recorded, plan);
        }
    }

    @Test
    void stopsAnUploadAtInterrupt() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            ReleasePlan plan = plan(recorded, "v1", Map.of("large.bin", new byte[8 << 20]));
            recorded.fault = ReleaseFaultsTest::isUpload;
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    publish(recorded, plan);
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            Awaitility.await().until(() -> recorded.requests.stream().anyMatch(asked -> asked.contains("/uploads/")));
            Instant interrupted = Instant.now();
            thread.interrupt();
            thread.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(Duration.between(interrupted, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void ofTwoDraftsOfItsOwnOneStays() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            ReleasePlan plan = plan(recorded, "v1", small("1"));
            recorded.open(true).releases().prepare(REPOSITORY, plan);
            Release first = recorded.releases.newest("v1");
            recorded.releases.add("v1", true, first.name, first.body);
            assertThat(publish(recorded, plan).kept()).containsExactly("file-1.txt");
            assertThat(recorded.releases.of("v1")).containsExactly(first);
        }
    }

    /** An older GitHub Enterprise Server tells no digests; its storage refuses a request with a token of GitHub. */
    @Test
    void comparesBytesWhereNoDigestIsTold() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            recorded.releases.tellsDigests = false;
            ReleasePlan plan = plan(recorded, "v1", small("right", "kept"));
            recorded.open(true).releases().prepare(REPOSITORY, plan);
            recorded.deleteFile("v1", "file-1.txt");
            recorded.addFile("v1", "file-1.txt", "wrong".getBytes(UTF_8));
            PreparedRelease whole = publish(recorded, plan);
            assertThat(whole.uploaded()).containsExactly("file-1.txt");
            assertThat(whole.kept()).containsExactly("file-2.txt");
            onlyPublished(recorded, plan);
        }
    }

    @Test
    void anOlderVersionDoesNotBecomeTheLatest() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            for (boolean latest : new boolean[] {true, false}) {
                ReleasePlan plan = plan(recorded, "v1-" + latest, small("1"));
                ReleasePlan like = new ReleasePlan(
                        plan.tag(), plan.commit(), plan.title(), plan.notes(), false, latest, RUN, plan.assets());
                publish(recorded, like);
                assertThat(recorded.releases.newest(plan.tag()).latest).isEqualTo(String.valueOf(latest));
                assertThat(recorded.releases.newest(plan.tag()).target)
                        .isEqualTo(plan.commit().value());
            }
        }
    }

    /** The tag goes while files are sent: publishing the draft would make it anew. */
    @Test
    void aTagThatGoesDuringTheUploadIsNotMadeAnew() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            ReleasePlan plan = plan(recorded, "v1", small("1"));
            recorded.fault = exchange -> {
                if (isUpload(exchange)) {
                    recorded.deleteTag("v1");
                }
                return false;
            };
            assertThat(failure(recorded, plan).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(recorded.repository.tags).isEmpty();
            assertThat(recorded.releases.newest("v1").draft).isTrue();
        }
    }

    @Test
    void refusesAFileThatChangedAndNamesThatBecomeTheSame() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            ReleasePlan plan = plan(recorded, "v1", small("1"));
            Files.writeString(plan.assets().getFirst().file(), "longer");
            ClientException changed = failure(recorded, plan);
            assertThat(changed.kind()).isEqualTo(Kind.REFUSED);
            assertThat(changed).hasMessageContaining("has changed");
            ReleasePlan same = plan(recorded, "v2", Map.of("a~b", new byte[1], "a@b", new byte[2]));
            assertThat(failure(recorded, same).kind()).isEqualTo(Kind.REFUSED);
            assertThat(recorded.releases.of("v2")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotTrustAnswersThatAreNoReleases(ForgeKind kind) throws Exception {
        for (String body : new String[] {"{\"id\":1,", "[]", "{}", "[{}]", "<html>login</html>", ""}) {
            try (RecordedForge recorded = new RecordedForge(kind)) {
                ReleasePlan plan = plan(recorded, "v1", small("1"));
                recorded.fault = exchange -> {
                    RecordedForge.send(exchange, 200, body);
                    return true;
                };
                assertThat(failure(recorded, plan).retryable()).as(body).isTrue();
            }
        }
    }

    @Test
    void refusesPlansThatNoForgeTakes() {
        CommitId commit = new CommitId("1".repeat(40));
        for (String tag : List.of("", "-v", "a b", "../x", "a\nb", "x".repeat(300))) {
            assertThatThrownBy(() -> new ReleasePlan(tag, commit, "t", "", false, true, RUN, List.of()))
                    .as(tag)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        String mark = "x\n<!-- forgefleet-release run=" + RUN + " files=a -->\r\ny";
        assertThatThrownBy(() -> new ReleasePlan("v1", commit, "t", mark, false, true, RUN, List.of()))
                .hasMessageContaining("mark");
        for (String name : List.of("", "a", ".x", "a/b", "a b", "x.", "ü.txt", "a\"b", "-x", "x".repeat(300))) {
            assertThatThrownBy(() -> ReleaseAsset.of(name, Files.writeString(folder.resolve("f"), "x"), "a/b"))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
            String portable = ReleaseAsset.portable(name);
            assertThat(new ReleaseAsset(portable, folder, 1, Digest.of(new byte[0]), "a/b").name())
                    .isEqualTo(portable);
        }
    }
}
