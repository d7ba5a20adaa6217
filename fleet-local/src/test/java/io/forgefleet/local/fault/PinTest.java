package io.forgefleet.local.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.gitea.GiteaProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CI images and their pins, from a push to a real Gitea to the pull request there. */
class PinTest {

    private static final String APP = "repos/fleet-admin/app";
    private static final String WORKFLOW = ".gitea/workflows/test.yml";
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private GiteaProcess gitea;
    private ProcessFleet fleet;
    private WorkingCopy copy;
    private String image;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(GiteaProcess.isAvailable(), "skipped: there is no gitea on PATH to be the forge");
        ProcessFleet.assumeParts();
        gitea = GiteaProcess.start(folder.resolve("gitea"));
        gitea.call("POST", "user/repos", Map.of("name", "app", "default_branch", "main"));
        fleet = new ProcessFleet(folder, "gitea", gitea.url(), gitea.token());
        image = fleet.address() + "/fleet-admin/app/ci";
        URI webhook = fleet.startGateway();
        fleet.startWorker();
        Map<String, String> hook =
                Map.of("url", webhook.toString(), "content_type", "json", "secret", ProcessFleet.SECRET);
        gitea.call(
                "POST",
                APP + "/hooks",
                Map.of("type", "gitea", "active", true, "events", List.of("push"), "config", hook));
        String url = gitea.url() + "fleet-admin/app.git";
        copy = new WorkingCopy(
                folder.resolve("clone"), url.replace("http://", "http://fleet-admin:" + gitea.token() + "@"));
    }

    @AfterEach
    void stop() {
        if (fleet != null) {
            fleet.stop();
        }
        if (gitea != null) {
            gitea.close();
        }
    }

    @Test
    void onePullRequestFollowsTheImageAndNothingIsProposedForWhatIsPinned() throws Exception {
        copy.file(".forgefleet.yml", """
                        ciImages:
                          - {name: ci, dockerfile: ci/Dockerfile, rebuildOn: [uv.lock], pinIn: [.gitea/workflows/*.yml]}
                        """)
                .file("ci/Dockerfile", "FROM scratch\nCOPY uv.lock /\n")
                .file("uv.lock", "1")
                .file(WORKFLOW, workflow(image + ":latest # the newest"));
        PushedImage first = made(copy.push("main"));
        Outcome opened = pinned(first, "opened ");
        assertThat(opened.message()).contains(gitea.url() + "fleet-admin/app/pulls/1");
        assertThat(content("forgefleet/pin-ci"))
                .isEqualTo(workflow(image + "@" + first.digest() + " # " + first.tag() + " # the newest"));

        copy.file("uv.lock", "2");
        PushedImage second = made(copy.push("main"));
        assertThat(second.tag()).isNotEqualTo(first.tag());
        assertThat(pinned(second, "updated ").message()).contains("/pulls/1");
        assertThat(content("forgefleet/pin-ci"))
                .contains(second.digest().value())
                .doesNotContain(first.tag());
        assertThat(gitea.call("GET", APP + "/pulls?state=all", null)).hasSize(1);
        JsonNode pull = gitea.call("GET", APP + "/pulls/1", null);
        assertThat(pull.path("title").asText()).isEqualTo("Pin ci to " + second.tag());
        assertThat(pull.path("body").asText())
                .contains(WORKFLOW + ":6", second.digest().value(), "/runs/");

        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> merged(1));
        String merge =
                gitea.call("GET", APP + "/branches/main", null).at("/commit/id").asText();
        PushedImage third = made(merge);
        assertThat(third.digest()).isEqualTo(second.digest());
        assertThat(third.reused()).as("nothing of the inputs changed").isTrue();
        assertThat(pinned(merge, "pinned already in ").message()).isEqualTo("pinned already in " + WORKFLOW + ":6");
        assertThat(gitea.call("GET", APP + "/pulls?state=all", null)).hasSize(1);
    }

    private static String workflow(String image) {
        return """
                # tests of every push
                on: [push]
                jobs:
                  test:
                    container:
                      image: %s
                    steps: [{run: make test}]   # with make
                """.formatted(image);
    }

    private boolean merged(long pull) throws InterruptedException {
        try {
            gitea.call("POST", APP + "/pulls/" + pull + "/merge", Map.of("Do", "merge"));
            return true;
        } catch (IllegalStateException e) {
            return false; // Gitea looks for conflicts in the background first
        }
    }

    private String content(String branch) throws InterruptedException {
        String base64 = gitea.call("GET", APP + "/contents/" + WORKFLOW + "?ref=" + branch, null)
                .path("content")
                .asText();
        return new String(Base64.getMimeDecoder().decode(base64), UTF_8);
    }

    /** What the run of a commit's CI images made. */
    private PushedImage made(String commit) {
        RunState state = ended(commit, "ci-images");
        assertThat(outcome(state).reason()).as(outcome(state).message()).isEqualTo(Outcome.Reason.SUCCEEDED);
        return state.images().getFirst();
    }

    private Outcome pinned(PushedImage made, String how) {
        Outcome outcome = await().atMost(SOON)
                .until(
                        () -> fleet.ended().stream()
                                .filter(state -> state.subject().kind().name().equals("pin"))
                                .map(PinTest::outcome)
                                .filter(each -> each.message().endsWith("(ci " + made.tag() + ")"))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
        assertThat(outcome.message()).startsWith(how);
        return outcome;
    }

    private Outcome pinned(String commit, String how) {
        Outcome outcome = outcome(ended(commit, "ci"));
        assertThat(outcome.message()).startsWith(how);
        return outcome;
    }

    private RunState ended(String commit, String target) {
        return await().atMost(SOON)
                .until(
                        () -> fleet.ended().stream()
                                .filter(state -> state.subject().target().equals(target))
                                .filter(state -> Objects.requireNonNull(
                                                state.subject().commit())
                                        .value()
                                        .equals(commit))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private static Outcome outcome(RunState state) {
        return Objects.requireNonNull(state.outcome());
    }
}
