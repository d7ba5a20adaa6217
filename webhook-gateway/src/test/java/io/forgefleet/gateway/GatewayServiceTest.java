package io.forgefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.hook.Delivery;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a whole, between a real forge, real git and a real broker. */
class GatewayServiceTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private KafkaSettings kafka;
    private LocalForge forge;
    private Account ann;
    private @Nullable Service started;
    private @Nullable GatewayService gateway;

    @BeforeEach
    void start() throws Exception {
        kafka = GatewayKafka.tenant();
        forge = LocalForge.start(directory.resolve("forge"), 0);
        ann = forge.account("ann");
        forge.createRepository("ann", "app");
    }

    @AfterEach
    void stop() throws Exception {
        if (started != null) {
            started.stop();
        }
        forge.close();
    }

    @Test
    void turnsAPushIntoAnEventAndARunIntoAStatus() throws Exception {
        startGateway("127.0.0.1:0");
        await().untilAsserted(
                        () -> assertThat(get("/health/ready", "").statusCode()).isEqualTo(200));
        forge.addWebhook("ann/app", URI.create("http://127.0.0.1:" + webhookPort() + "/webhooks/local"), "hook-secret");
        String sha = push();
        await().untilAsserted(() -> assertThat(forge.deliveries()).isNotEmpty());
        Delivery delivery = forge.deliveries().getFirst();
        EventId event = accepted();
        assertThat(delivery).isNotNull();
        await().untilAsserted(() -> assertThat(
                        json("/api/events/" + event).at("/event/after").asText())
                .isEqualTo(sha));

        RunSubject subject = new RunSubject(
                WorkerKind.BUILD,
                event,
                RepositoryId.parse("local/ann/app"),
                "images",
                new CommitId(sha),
                "refs/heads/main",
                null,
                false);
        RunState run = SampleRuns.ended(subject, 3, 1, Outcome.of(Outcome.Reason.SUCCEEDED, "Pushed app:sha-1234567"));
        try (RecordPublisher publisher = new RecordPublisher(kafka)) {
            GatewayKafka.write(publisher, Topic.RUNS, run.run().value(), run.run() + "@3", run);
        }
        await().untilAsserted(() -> assertThat(forge.statuses("ann/app", sha)).hasSize(1));
        var status = forge.statuses("ann/app", sha).getFirst();
        assertThat(status.description()).isEqualTo("Pushed app:sha-1234567");
        assertThat(status.targetUrl()).isEqualTo(base() + "/runs/" + run.run());
        assertThat(get("/runs/" + run.run(), "").body()).contains("Pushed app:sha-1234567");

        int port = webhookPort();
        assertThat(service().stop()).isTrue();
        assertThatThrownBy(() -> HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhooks/local"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesApiWithoutTokenWhenNotLoopback() throws Exception {
        startGateway("0.0.0.0:0");
        for (String path : new String[] {"/api/runs", "/runs", "/", "/metrics", "/api/events/x"}) {
            assertThat(get(path, "").statusCode()).as(path).isEqualTo(401);
            assertThat(get(path, "wrong").statusCode()).as(path).isEqualTo(401);
        }
        assertThat(get("/api/runs", "api-token").statusCode()).isEqualTo(200);
        assertThat(get("/health/live", "").statusCode()).isEqualTo(200);
        HttpResponse<String> replay = HTTP.send(
                HttpRequest.newBuilder(base().resolve("/api/replays"))
                        .POST(HttpRequest.BodyPublishers.ofString("{\"since\":\"1h\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(replay.statusCode()).isEqualTo(401);
    }

    private void startGateway(String management) throws Exception {
        FleetConfig config = FleetConfig.parse(
                """
                kafka: {bootstrap: "%s", topicPrefix: "%s", replication: 1}
                listen: {webhooks: "127.0.0.1:0", management: "%s"}
                api: %s
                forges:
                  - {name: local, kind: forgejo, url: "%s", token: "${env:TOKEN}",
                     webhookSecrets: ["${env:HOOK}"], repositories: ["ann/*"]}
                """.formatted(
                                kafka.bootstrap(),
                                kafka.topicPrefix(),
                                management,
                                management.startsWith("127") ? "{}" : "{token: \"${env:API}\"}",
                                forge.url()),
                Map.of("TOKEN", ann.token(), "HOOK", "hook-secret", "API", "api-token"));
        Service service = Service.start("webhook-gateway", config);
        started = service;
        gateway = GatewayService.start(service, service.awaitKafka());
    }

    private Service service() {
        return Objects.requireNonNull(started, "not started");
    }

    private int webhookPort() {
        return Objects.requireNonNull(gateway, "not started").webhookPort();
    }

    private String push() throws Exception {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        git(tree, "init", "--quiet", "--initial-branch=main");
        Files.writeString(tree.resolve("Dockerfile"), "FROM scratch\n");
        git(tree, "add", ".");
        git(tree, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "First");
        URI url = forge.cloneUrl("ann/app");
        git(tree, "push", "--quiet", url.toString().replace("://", "://ann:" + ann.token() + "@"), "main");
        return git(tree, "rev-parse", "HEAD");
    }

    private static String git(Path tree, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .directory(tree.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /** Id of the one event that Kafka has. */
    private EventId accepted() {
        await().untilAsserted(() ->
                assertThat(GatewayKafka.records(kafka, Topic.PUSH)).hasSize(1));
        var header =
                GatewayKafka.records(kafka, Topic.PUSH).getFirst().headers().lastHeader("ce_id");
        return new EventId(new String(header.value(), java.nio.charset.StandardCharsets.UTF_8));
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + service().management().port());
    }

    private JsonNode json(String path) throws Exception {
        return Json.mapper().readTree(get(path, "").body());
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(base().resolve(path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
