package io.forgefleet.local.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.hook.Delivery;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.process.ManagedProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerFaultsTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String REPOSITORY = "ann/app";

    @TempDir
    private Path folder;

    private LocalForge forge;
    private ProcessFleet fleet;
    private WorkingCopy copy;

    @BeforeEach
    void start() throws Exception {
        ProcessFleet.assumeParts();
        forge = LocalForge.start(folder.resolve("forge"), 0);
        Account ann = forge.account("ann");
        forge.createRepository("ann", "app");
        fleet = new ProcessFleet(folder, "forgejo", forge.url(), ann.token());
        String login = "http://ann:" + ann.token() + "@";
        copy = new WorkingCopy(
                folder.resolve("clone"), forge.cloneUrl(REPOSITORY).toString().replace("http://", login));
        // a default branch, so that what follows is a feature branch
        copy.file("readme", "hello").push("main");
    }

    @AfterEach
    void stop() {
        if (fleet != null) {
            fleet.stop();
        }
        if (forge != null) {
            forge.close();
        }
    }

    @Test
    void buildsOnceWhatTwoGatewaysAreToldFiftyTimesAtOnce() throws Exception {
        URI one = fleet.startGateway();
        URI two = fleet.startGateway();
        fleet.startWorker();
        // the forge tells nobody who listens; what it would have said is sent from here
        forge.addWebhook(REPOSITORY, URI.create("http://127.0.0.1:9/nobody"), ProcessFleet.SECRET);
        copy.dockerfile(WorkingCopy.sleeping(2)).push("feature");
        Delivery push = await().atMost(SOON)
                .until(
                        () -> forge.deliveries().stream()
                                .filter(delivery -> delivery.event().equals("push"))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 50; i++) {
                answers.add(http.sendAsync(
                        redelivered(i % 2 == 0 ? one : two, push), HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(202);
            }
        }
        assertThat(answers)
                .extracting(answer -> eventId(answer.get().body()))
                .containsOnly(eventId(answers.getFirst().get().body()));
        await().atMost(SOON).until(() -> !fleet.ended().isEmpty());
        assertThat(fleet.ended()).hasSize(1);
        assertThat(fleet.buildsBegun()).isEqualTo(1);
        assertThat(fleet.registry().tags("ann/app", 100))
                .filteredOn(tag -> tag.startsWith("feature-"))
                .hasSize(1);
    }

    @Test
    void handsTheRunOfAKilledWorkerToAnotherInTime() throws Exception {
        forge.addWebhook(REPOSITORY, fleet.startGateway(), ProcessFleet.SECRET);
        ManagedProcess victim = fleet.startWorker();
        String commit = copy.dockerfile(WorkingCopy.sleeping(8)).push("feature");
        await().atMost(SOON).until(() -> fleet.isBuilding(1));
        ManagedProcess survivor = fleet.startWorker();
        long killed = System.nanoTime();
        victim.kill();
        // three times the protocol's figure: one validity of silence, and two for the machine
        await().atMost(ProcessFleet.VALIDITY.multipliedBy(3)).until(() -> fleet.isBuilding(2));
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(ProcessFleet.VALIDITY.multipliedBy(3));
        awaitSuccess(commit);
        assertThat(survivor.isAlive()).isTrue();
        assertThat(fleet.registry().tags("ann/app", 100))
                .filteredOn(tag -> tag.startsWith("feature-"))
                .hasSize(1);
    }

    @Test
    void pushesAndPostsNothingFromAWorkerThatWasFrozenLongerThanItsClaim() throws Exception {
        forge.addWebhook(REPOSITORY, fleet.startGateway(), ProcessFleet.SECRET);
        ManagedProcess frozen = fleet.startWorker();
        String commit = copy.dockerfile(WorkingCopy.sleeping(6)).push("feature");
        await().atMost(SOON).until(() -> fleet.isBuilding(1));
        signal(frozen, "STOP");
        fleet.startWorker();
        awaitSuccess(commit);
        RunState end = fleet.ended().getFirst();
        String worker = end.worker();
        String digest = end.images().getFirst().digest().value();
        int posted = forge.statuses(REPOSITORY, commit).size();
        signal(frozen, "CONT");
        // it notices, and changes nothing; what it writes of that under its own epoch nobody heeds
        await().atMost(SOON).until(() -> frozen.outputTail().contains("LOST"));
        assertThat(fleet.registry().digest("ann/app", end.images().getFirst().tag()))
                .hasValueSatisfying(now -> assertThat(now.value()).isEqualTo(digest));
        assertThat(forge.statuses(REPOSITORY, commit)).hasSize(posted);
        assertThat(fleet.history)
                .filteredOn(state -> !state.worker().equals(worker))
                .allSatisfy(state -> assertThat(state.images()).isEmpty());
    }

    @Test
    void goesOnBuildingWhileTheBrokerIsKilledAndBack() throws Exception {
        forge.addWebhook(REPOSITORY, fleet.startGateway(), ProcessFleet.SECRET);
        fleet.startWorker();
        String commit = copy.dockerfile(WorkingCopy.sleeping(12)).push("feature");
        await().atMost(SOON).until(() -> fleet.isBuilding(1));
        fleet.killBroker();
        fleet.startBrokerAgain();
        awaitSuccess(commit);
        assertThat(fleet.buildsBegun()).isEqualTo(1);
        assertThat(fleet.registry().tags("ann/app", 100))
                .filteredOn(tag -> tag.startsWith("feature-"))
                .hasSize(1);
        assertThat(forge.statuses(REPOSITORY, commit))
                .filteredOn(status -> status.state() == CommitStatus.State.SUCCESS)
                .hasSize(1);
    }

    @Test
    void handsOutAnImageFromTheDiskOfItsWorkerForAsLongAsThatAnswers() throws Exception {
        forge.addWebhook(REPOSITORY, fleet.startGateway(), ProcessFleet.SECRET);
        URI gateway = fleet.management();
        ManagedProcess worker = fleet.startWorker(Map.of("FLEET_REPOSITORIES_0_IMAGE_TAR", "on"));
        awaitSuccess(copy.dockerfile("LABEL kept=as-a-tar").push("feature"));
        RunState run = fleet.ended().getFirst();
        URI tar = gateway.resolve("/api/runs/" + run.run() + "/image.tar");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest whole = HttpRequest.newBuilder(tar).build();
            byte[] file =
                    http.send(whole, HttpResponse.BodyHandlers.ofByteArray()).body();
            assertThat(Digest.of(file)).isEqualTo(run.tars().getFirst().digest());
            HttpRequest rest =
                    HttpRequest.newBuilder(tar).header("Range", "bytes=1000-").build();
            HttpResponse<byte[]> part = http.send(rest, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(file, 1000, file.length));

            worker.kill();
            HttpResponse<String> gone = http.send(whole, HttpResponse.BodyHandlers.ofString());
            assertThat(gone.statusCode()).as(gone.body()).isEqualTo(502);
        }
    }

    private static String eventId(String answer) {
        return answer.replaceAll(".*\"eventId\":\"([0-9a-f]+)\".*", "$1");
    }

    private void awaitSuccess(String commit) {
        await().atMost(SOON).until(() -> forge.statuses(REPOSITORY, commit).stream()
                .anyMatch(status -> status.state() == CommitStatus.State.SUCCESS));
    }

    private static void signal(ManagedProcess process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static HttpRequest redelivered(URI to, Delivery delivery) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(ProcessFleet.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] body = delivery.payload().getBytes(StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(to)
                .header("Content-Type", "application/json")
                .header("X-Forgejo-Event", delivery.event())
                .header("X-Forgejo-Event-Type", delivery.type())
                .header("X-Forgejo-Delivery", UUID.randomUUID().toString())
                .header("X-Forgejo-Signature", HexFormat.of().formatHex(mac.doFinal(body)))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }
}
