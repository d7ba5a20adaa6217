package io.forgefleet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.release.ReleaseTargets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the way of a release from outside: keys, the signing service, a registry, the forge. Each is told, and can be mended. */
class ReleaseObstaclesTest {

    @TempDir
    static Path folder;

    private static ReleaseSite site;

    @BeforeAll
    static void start() throws Exception {
        site = new ReleaseSite(folder, "", Map.of());
    }

    @AfterEach
    void stopWorkers() throws Exception {
        site.stop(Duration.ZERO);
    }

    @AfterAll
    static void stop() {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void aKeyThatDoesNotOpenIsToldBeforeAnythingIsBuilt() throws Exception {
        Clone clone = site.repository("locked");
        clone.push("main");
        TagEvent event = ReleaseSite.tagged(ReleaseSite.id("locked"), "v1.0.0", clone.tag("v1.0.0"));
        String key = folder.resolve("cosign.key").toString();
        String passphrase = folder.resolve("passphrase").toString();
        Path wrong = Files.writeString(folder.resolve("wrong"), "another one");
        Map<String, String> told = new LinkedHashMap<>();
        told.put(site.yaml.replace(passphrase, wrong.toString()), "the passphrase does not open the key");
        told.put(
                site.yaml.replace(passphrase, folder.resolve("none").toString()),
                "the passphrase of the key main is not there");
        told.put(site.yaml.replace(key, folder.resolve("none").toString()), "the file is not there");
        for (Map.Entry<String, String> each : told.entrySet()) {
            site.startReleases(each.getKey());
            RunState refused = site.ended(site.ask(event, ReleaseTargets.RELEASE));
            assertThat(ReleaseSite.outcome(refused).reason()).isEqualTo(Reason.FAILED);
            assertThat(ReleaseSite.outcome(refused).message())
                    .contains(each.getValue())
                    .doesNotContain("another one");
            site.stop(Duration.ZERO);
        }
        assertThat(builds(event)).isZero();
        site.startReleases();
        assertThat(ReleaseSite.outcome(site.ended(site.ask(event, ReleaseTargets.RELEASE)))
                        .message())
                .startsWith("released 1.0.0");
    }

    @Test
    void aSigningServiceThatIsAwayIsWaitedForAndTheReleaseGoesOnByItself() throws Exception {
        Path away = folder.resolve("signing-is-away");
        site.startReleases(site.yaml.replace("paths: {", "paths: {cosign: " + cosignThatNeeds(away) + ", "));
        Clone clone = site.repository("waiting");
        clone.push("main");
        Files.createFile(away);
        TagEvent event = ReleaseSite.tagged(ReleaseSite.id("waiting"), "v1.0.0", clone.tag("v1.0.0"));
        site.publish(event);
        awaitParked(ReleaseSite.run(event), 3);
        assertThat(site.tags(site.client, "team/waiting")).isEmpty();
        Files.delete(away);
        assertThat(ReleaseSite.outcome(site.ended(ReleaseSite.run(event))).message())
                .startsWith("released 1.0.0");
        assertThat(builds(event)).isEqualTo(1);

        RunState late = site.ended(site.ask(event, ReleaseTargets.ABORT));
        assertThat(ReleaseSite.outcome(late).reason()).isEqualTo(Reason.FAILED);
        assertThat(ReleaseSite.outcome(late).message()).contains("public already");
    }

    @Test
    void whatWaitsCanBeEndedAndBegunAnew() throws Exception {
        Path away = folder.resolve("signing-is-away-too");
        site.startReleases(site.yaml.replace("paths: {", "paths: {cosign: " + cosignThatNeeds(away) + ", "));
        Clone clone = site.repository("aborted");
        clone.push("main");
        Files.createFile(away);
        TagEvent event = ReleaseSite.tagged(ReleaseSite.id("aborted"), "v1.0.0", clone.tag("v1.0.0"));
        site.publish(event);
        awaitParked(ReleaseSite.run(event), 1);
        RunState abort = site.ended(site.ask(event, ReleaseTargets.ABORT));
        assertThat(ReleaseSite.outcome(abort).message()).contains("was ended, nothing of it was public");
        assertThat(ReleaseSite.outcome(site.ended(ReleaseSite.run(event))).reason())
                .isEqualTo(Reason.CANCELLED);
        RunState again = site.ended(site.ask(event, ReleaseTargets.ABORT));
        assertThat(ReleaseSite.outcome(again).message()).contains("there is no release of v1.0.0 to end");
        Files.delete(away);
        RunState anew = site.ended(site.ask(event, ReleaseTargets.RELEASE));
        assertThat(ReleaseSite.outcome(anew).message()).startsWith("released 1.0.0");
    }

    @Test
    void aRegistryThatTakesNoSignaturesIsToldAndNoTagMovesAnywhere() throws Exception {
        try (WatchedRegistry hub = new WatchedRegistry(site.second.address())) {
            site.startReleases(site.yaml.replace(site.second.address(), hub.address()));
            Clone clone = site.repository("unsupported");
            clone.push("main");
            hub.refuse((method, path) -> method.equals("PUT") && path.contains("/manifests/sha256-") ? 400 : 0);
            TagEvent event = ReleaseSite.tagged(ReleaseSite.id("unsupported"), "v1.0.0", clone.tag("v1.0.0"));
            RunState refused = site.release(event);
            assertThat(ReleaseSite.outcome(refused).reason()).isEqualTo(Reason.FAILED);
            assertThat(ReleaseSite.outcome(refused).message())
                    .contains("the registry takes no signature there", hub.address());
            assertThat(site.tags(site.client, "team/unsupported")).isEmpty();
            hub.refuse((method, path) -> 0);
            assertThat(ReleaseSite.outcome(site.ended(site.ask(event, ReleaseTargets.RELEASE)))
                            .message())
                    .startsWith("released 1.0.0");
            assertThat(builds(event)).isEqualTo(1);
        }
    }

    @Test
    void aForgeThatRefusesAnAssetEndsItAndOneThatLosesItsAnswerDoesNot() throws Exception {
        URI forge = site.forge.url();
        try (WatchedRegistry proxy = new WatchedRegistry(forge.getAuthority())) {
            site.startReleases(site.yaml.replace(forge.toString(), "http://" + proxy.address()));
            Clone clone = site.repository("assets");
            clone.push("main");
            proxy.refuse((method, path) -> isUpload(method, path) ? 422 : 0);
            TagEvent event = ReleaseSite.tagged(ReleaseSite.id("assets"), "v1.0.0", clone.tag("v1.0.0"));
            RunState refused = site.release(event);
            assertThat(ReleaseSite.outcome(refused).reason()).isEqualTo(Reason.FAILED);
            assertThat(ReleaseSite.outcome(refused).message()).contains("422");
            assertThat(site.tags(site.client, "team/assets")).isEmpty();

            AtomicInteger lost = new AtomicInteger();
            proxy.refuse((method, path) -> isUpload(method, path) && lost.getAndIncrement() % 4 == 1 ? 502 : 0);
            assertThat(ReleaseSite.outcome(site.ended(site.ask(event, ReleaseTargets.RELEASE)))
                            .message())
                    .startsWith("released 1.0.0");
            assertThat(lost).hasValueGreaterThan(4);
            JsonNode release = release("assets", "v1.0.0");
            assertThat(release.path("draft").asBoolean()).isFalse();
            assertThat(release.path("assets").findValuesAsText("name"))
                    .doesNotHaveDuplicates()
                    .contains("evidence.tar", "SHA256SUMS");
        }
    }

    private static boolean isUpload(String method, String path) {
        return method.equals("POST") && path.contains("/releases/") && path.contains("/assets");
    }

    private static JsonNode release(String repository, String tag) throws Exception {
        HttpRequest get = HttpRequest.newBuilder(
                        URI.create(site.forge.url() + "/api/v1/repos/team/" + repository + "/releases/tags/" + tag))
                .header("Authorization", "token " + site.forge.account("team").token())
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return Json.mapper()
                    .readTree(http.send(get, HttpResponse.BodyHandlers.ofByteArray())
                            .body());
        }
    }

    /** Cosign, which signs nothing and says so as with a key service that does not answer, while a file is there. */
    private static Path cosignThatNeeds(Path away) throws Exception {
        Path script = folder.resolve(away.getFileName() + ".sh");
        Files.writeString(script, """
                #!/bin/sh
                case "$1" in
                  sign | attest | sign-blob | attest-blob)
                    if [ "$2" != --help ] && [ -e %s ]; then
                      echo 'Error: signing bundle: signing digest: Put "http://127.0.0.1:8200/v1/transit/sign/release": dial tcp 127.0.0.1:8200: connect: connection refused' >&2
                      exit 1
                    fi ;;
                esac
                exec %s "$@"
                """.formatted(
                        away, Programs.find("cosign", System.getenv("PATH")).orElseThrow()));
        if (!script.toFile().setExecutable(true)) {
            throw new IllegalStateException(script + " cannot be made executable");
        }
        return script;
    }

    private static void awaitParked(RunId run, int times) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> site.history.stream()
                                .filter(state -> state.run().equals(run) && state.phase() == RunState.Phase.PARKED)
                                .filter(state -> state.steps().stream()
                                        .anyMatch(step -> step.detail().contains("connection refused")))
                                .count()
                        >= times);
    }

    /** How many runs were asked to build images for an event. */
    private static long builds(TagEvent event) {
        return site.history.stream()
                .filter(state -> state.subject().target().equals("release-images"))
                .filter(state -> state.subject().event().equals(event.id()))
                .map(RunState::run)
                .distinct()
                .count();
    }
}
