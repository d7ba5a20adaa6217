package io.forgefleet.local.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compose file, with its images made here. Making them takes minutes, so this is a long test. */
@Tag("soak")
class ComposeTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration MAKING_IMAGES = Duration.ofMinutes(10);
    private static final String API_TOKEN = "a token of the test";
    private static final int PUSHES = 6;

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @AfterEach
    void down() throws IOException {
        if (!environment.isEmpty()) {
            run(Duration.ofMinutes(2), "docker", "compose", "down", "--volumes", "--timeout", "10");
        }
    }

    @Test
    void twoWorkersShareTheWork() throws Exception {
        ProcessFleet.assumeParts();
        assumeTrue(
                Program.onPath("debootstrap").isPresent(),
                "skipped: debootstrap is missing, by which the images' base is made");
        try (LocalForge forge = LocalForge.start(folder.resolve("forge"), bridge(), 0)) {
            Account ann = forge.account("ann");
            forge.createRepository("ann", "app");
            up(forge, ann);
            forge.addWebhook(
                    "ann/app",
                    URI.create("http://127.0.0.1:" + environment.get("WEBHOOK_PORT") + "/webhooks/forge"),
                    ProcessFleet.SECRET);
            WorkingCopy copy = new WorkingCopy(
                    folder.resolve("clone"),
                    forge.cloneUrl("ann/app").toString().replace("http://", "http://ann:" + ann.token() + "@"));
            List<String> commits = new ArrayList<>();
            for (int i = 0; i < PUSHES; i++) {
                commits.add(copy.dockerfile(WorkingCopy.sleeping(4)).push("feature-" + i));
            }
            await().atMost(Duration.ofMinutes(4))
                    .until(() -> commits.stream().allMatch(commit -> forge.statuses("ann/app", commit).stream()
                            .anyMatch(status -> status.state() == CommitStatus.State.SUCCESS)));
            Set<String> workers = new HashSet<>();
            runs().forEach(run -> workers.add(run.path("worker").asText()));
            assertThat(workers).hasSize(2);
        }
    }

    private void up(LocalForge forge, Account account) throws IOException {
        int registry = FreePort.find();
        String made = run(MAKING_IMAGES, "deploy/local-images").lines().toList().getLast();
        for (String each : made.replaceFirst("^export ", "").split(" ", -1)) {
            String[] pair = each.split("=", 2);
            environment.put(pair[0], pair[1]);
        }
        Path secrets = Files.writeString(
                folder.resolve("fleet.env"), "TOKEN=" + account.token() + "\nSECRET=" + ProcessFleet.SECRET + "\n");
        environment.put("COMPOSE_PROJECT_NAME", "forgefleet-test");
        environment.put("FLEET_ENV_FILE", secrets.toString());
        environment.put("FLEET_API_TOKEN", API_TOKEN);
        environment.put(
                "DOCKER_GID",
                run(Duration.ofSeconds(10), "stat", "-c", "%g", "/var/run/docker.sock")
                        .strip());
        environment.put("WEBHOOK_PORT", Integer.toString(FreePort.find()));
        environment.put("MANAGEMENT_PORT", Integer.toString(FreePort.find()));
        environment.put("REGISTRY_PORT", Integer.toString(registry));
        environment.put("FLEET_YML", """
                publicUrl: "http://127.0.0.1:%s"
                forges:
                  - {name: forge, kind: forgejo, url: "%s", token: "${env:TOKEN}", webhookSecrets: ["${env:SECRET}"], repositories: ["ann/*"]}
                registries:
                  - {name: main, address: "127.0.0.1:%d", api: "registry:5000", plainHttp: true}
                repositories:
                  - {match: "forge:ann/*", images: main}
                builders:
                  - {name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 1}
                """.formatted(environment.get("MANAGEMENT_PORT"), forge.url(), registry));
        run(
                Duration.ofMinutes(4),
                "docker",
                "compose",
                "up",
                "--detach",
                "--wait",
                "--no-build",
                "--scale",
                "build-worker=2");
    }

    private JsonNode runs() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + environment.get("MANAGEMENT_PORT") + "/api/runs"))
                    .header("Authorization", "Bearer " + API_TOKEN)
                    .build();
            return Json.mapper()
                    .readTree(http.send(request, HttpResponse.BodyHandlers.ofByteArray())
                            .body())
                    .path("runs");
        }
    }

    /** Where containers reach this machine. */
    private static String bridge() throws IOException {
        return NetworkInterface.getByName("docker0")
                .inetAddresses()
                .filter(address -> address.getAddress().length == 4)
                .findFirst()
                .orElseThrow()
                .getHostAddress();
    }

    private String run(Duration within, String... command) throws IOException {
        Command.Output output = new Command(List.of(command), PROJECT, environment, within, 1 << 20).run();
        assertThat(output.exitCode())
                .as(String.join(" ", command) + ": " + output.error())
                .isZero();
        return output.text();
    }
}
