package io.forgefleet.local.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.host.gitea.GiteaProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Gitea from webhook to status, its own registry included. */
class GiteaTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String APP = "repos/fleet-admin/app";
    private static final String IMAGE = "fleet-admin/app";

    @TempDir
    private Path folder;

    private GiteaProcess gitea;
    private ProcessFleet fleet;
    private Registry registry;
    private WorkingCopy copy;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(GiteaProcess.isAvailable(), "skipped: there is no gitea on PATH to be the forge");
        ProcessFleet.assumeParts();
        gitea = GiteaProcess.start(folder.resolve("gitea"));
        gitea.call("POST", "user/repos", Map.of("name", "app", "default_branch", "main"));
        fleet = new ProcessFleet(folder, "gitea", gitea.url(), gitea.token());
        URI webhook = fleet.startGateway();
        Path docker = Files.createDirectories(folder.resolve("docker"));
        Path logins = Files.writeString(docker.resolve("config.json"), """
                {"auths": {"%s": {"auth": "%s"}}}
                """.formatted(
                        gitea.url().getAuthority(),
                        Base64.getEncoder().encodeToString(("fleet-admin:" + gitea.token()).getBytes(UTF_8))));
        registry = new Registry(
                gitea.url().getAuthority(), true, new DockerCredentials(logins, Map.of()), Duration.ofSeconds(10));
        fleet.startWorker(
                Map.of("FLEET_REGISTRIES_0_ADDRESS", gitea.url().getAuthority(), "DOCKER_CONFIG", docker.toString()));
        gitea.call(
                "POST",
                APP + "/hooks",
                Map.of(
                        "type",
                        "gitea",
                        "active",
                        true,
                        "events",
                        List.of("create", "delete", "push", "pull_request", "pull_request_sync", "issue_comment"),
                        "config",
                        Map.of("url", webhook.toString(), "content_type", "json", "secret", ProcessFleet.SECRET)));
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
    void turnsPushesAndPullRequestsIntoImagesAndStatuses() throws Exception {
        String first = copy.dockerfile().push("main");
        awaitStatus(first, "forgefleet/image/push", "success");
        assertThat(registry.tags(IMAGE, 100)).contains("latest", "sha-" + first.substring(0, 7));
        assertThat(registry.digest(IMAGE, "latest")).isEqualTo(registry.digest(IMAGE, "sha-" + first.substring(0, 7)));

        String head = copy.dockerfile().push("feature/Add_New-Feature");
        gitea.call("POST", APP + "/pulls", Map.of("title", "more", "head", "feature/Add_New-Feature", "base", "main"));
        awaitStatus(head, "forgefleet/image/push", "success");
        awaitStatus(head, "forgefleet/image/pull-request", "success");
        String short7 = head.substring(0, 7);
        assertThat(registry.tags(IMAGE, 100)).contains("feature-add-new-feature-" + short7, "pr-1-" + short7);
        Manifest image = registry.get(IMAGE, "pr-1-" + short7);
        assertThat(image.annotations())
                .containsEntry("org.opencontainers.image.revision", head)
                .containsKey("io.forgefleet.run");
        assertThat(registry.labels(IMAGE, image))
                .containsEntry("org.opencontainers.image.revision", head)
                .containsKeys("org.opencontainers.image.source", "org.opencontainers.image.created")
                .containsEntry("io.forgefleet.pull-request", "1");
        assertThat(fleet.ended())
                .flatExtracting(state -> state.images())
                .anySatisfy(pushed -> assertThat(pushed.digest()).isEqualTo(image.digest()));
    }

    @Test
    void showsABrokenDockerfileAsAFailureWithItsLastLines() throws Exception {
        String commit = copy.dockerfile("RUN [\"/bin/busybox\", \"cat\", \"/not/there\"]")
                .push("main");
        JsonNode status = awaitStatus(commit, "forgefleet/image/push", "failure");
        assertThat(status.get("target_url").asText()).contains("/runs/");
        assertThat(fleet.ended()).singleElement().satisfies(state -> {
            assertThat(state.attempt()).isEqualTo(1);
            assertThat(state.outcome().lastLines()).anyMatch(line -> line.contains("/not/there"));
        });
        assertThat(registry.tags(IMAGE, 100)).isEmpty();
    }

    private JsonNode awaitStatus(String commit, String context, String state) {
        return await().atMost(SOON)
                .until(
                        () -> {
                            for (JsonNode each : gitea.call("GET", APP + "/commits/" + commit + "/statuses", null)) {
                                if (each.get("context").asText().equals(context)
                                        && each.get("status").asText().equals(state)) {
                                    return each;
                                }
                            }
                            return null;
                        },
                        found -> found != null);
    }
}
