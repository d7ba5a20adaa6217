package io.forgefleet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.release.saga.SagaStep;
import io.forgefleet.work.evidence.ImageVerifier;
import io.forgefleet.work.evidence.proof.KeyProver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens in the middle of a release: each time right after it was written down how far it is. */
class ReleaseFaultsTest {

    private static final int MOST_KILLS = 20;

    @TempDir
    static Path folder;

    private static ReleaseSite site;
    private static WatchedRegistry watched;

    @BeforeAll
    static void start() throws Exception {
        site = new ReleaseSite(folder, "", Map.of());
        watched = new WatchedRegistry(site.registry.address());
    }

    @AfterEach
    void stopWorkers() throws Exception {
        watched.tell(version -> true);
        site.stop(Duration.ZERO);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            watched.close();
            site.close();
        }
    }

    @Test
    void aWorkerKilledAfterEachStepEndsRightAndShowsNothingUnsigned() throws Exception {
        Clone clone = site.repository("killed");
        clone.push("main");
        TagEvent event = ReleaseSite.tagged(ReleaseSite.id("killed"), "v1.0.0", clone.tag("v1.0.0"));
        List<String> unsigned = new CopyOnWriteArrayList<>();
        Thread watcher = Thread.ofVirtual().start(() -> watch("killed", unsigned));
        try {
            // each step, what was asked of build workers, and that it is about to be public
            assertThat(killed(event)).isEqualTo(SagaStep.values().length + 2);
        } finally {
            watcher.interrupt();
            watcher.join();
        }
        assertThat(unsigned).isEmpty();
        assertThat(site.tags(site.client, "team/killed")).containsExactly("1", "1.0", "1.0.0", "latest");
        assertThat(site.history.stream()
                        .filter(state -> state.subject().target().equals("release-images"))
                        .filter(state -> state.subject().event().equals(event.id()))
                        .map(state -> state.run() + "@" + state.epoch())
                        .distinct())
                .hasSize(1);
    }

    /** Releases while whoever writes down how far it is dies before hearing that it is written; says how many did. */
    private static int killed(TagEvent event) throws Exception {
        AtomicInteger kills = new AtomicInteger();
        List<Doomed> all = new CopyOnWriteArrayList<>();
        RunId run = ReleaseSite.run(event);
        try {
            // the next one stands ready, as in a fleet of several
            all.add(Doomed.start("killed-0", kills));
            site.publish(event);
            while (kills.get() < MOST_KILLS && !isFinal(run)) {
                all.add(Doomed.start("killed-" + all.size(), kills));
                int before = all.size() - 2;
                await().atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> kills.get() > before || isFinal(run));
            }
            assertThat(ReleaseSite.outcome(site.ended(run)).message()).contains("released");
        } finally {
            all.forEach(Doomed::close);
        }
        return kills.get();
    }

    /** A release worker in a process of its own that is killed as soon as it has written down how far a release is. */
    private record Doomed(ManagedProcess process, WatchedRegistry registry) implements AutoCloseable {

        static Doomed start(String name, AtomicInteger kills) throws Exception {
            WatchedRegistry registry = new WatchedRegistry(site.registry.address());
            Doomed worker = new Doomed(worker(name, registry), registry);
            registry.tell(version -> {
                kills.incrementAndGet();
                worker.process.kill();
                return false;
            });
            return worker;
        }

        @Override
        public void close() {
            process.close();
            registry.close();
        }
    }

    private static boolean isFinal(RunId run) {
        RunState state = site.states.get(run);
        return state != null && state.isFinal();
    }

    /** Looks all the while whether a tag that people see names anything that does not verify. */
    private static void watch(String repository, List<String> unsigned) {
        try {
            ImageVerifier verifier = new ImageVerifier(
                    new KeyProver(new Trust.Key(Files.readString(site.folder.resolve("cosign.pub")))));
            while (!Thread.interrupted()) {
                for (String tag : site.tags(site.client, "team/" + repository)) {
                    // a registry may list a tag a moment before anybody can pull it
                    Optional<Digest> digest = site.client.digest("team/" + repository, tag);
                    if (digest.isPresent()
                            && !verifier.verify(site.client, "team/" + repository, digest.get())
                                    .passed()) {
                        unsigned.add(tag + " " + digest.get());
                    }
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            // it has seen enough
        } catch (Exception e) {
            unsigned.add(e.toString());
        }
    }

    private static ManagedProcess worker(String name, WatchedRegistry registry) throws Exception {
        Path config = Files.writeString(folder.resolve(name + ".yml"), yaml(registry));
        Map<String, String> variables = new HashMap<>(site.variables);
        variables.put("FLEET_KAFKA_BOOTSTRAP", site.broker.bootstrap());
        variables.put("FLEET_DATA_DIRECTORY", folder.resolve(name).toString());
        variables.put("FLEET_LISTEN_MANAGEMENT", "127.0.0.1:0");
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                        name,
                        folder.resolve(name + ".log"),
                        List.of(
                                Program.java().toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                Objects.requireNonNull(System.getProperty("java.class.path")),
                                Main.class.getName(),
                                "--config",
                                config.toString()))
                .with(variables));
        return process;
    }

    private static String yaml() {
        return yaml(watched);
    }

    private static String yaml(WatchedRegistry registry) {
        return site.yaml.replace("api: \"" + site.registry.address(), "api: \"" + registry.address());
    }

    @Test
    void aTagThatGoesOrMovesMeanwhileIsNotReleased() throws Exception {
        site.startReleases(yaml());
        Clone clone = site.repository("moving").write(".forgefleet.yml", "release: {tags: [\"v*\", \"2*\"]}\n");
        clone.push("main");
        TagEvent gone = ReleaseSite.tagged(ReleaseSite.id("moving"), "v1.0.0", clone.tag("v1.0.0"));
        after(7, () -> clone.deleteTag("v1.0.0"));
        assertThat(ReleaseSite.outcome(site.release(gone)))
                .satisfies(outcome -> assertThat(outcome.reason()).isEqualTo(Reason.CLOSED))
                .satisfies(outcome -> assertThat(outcome.message()).contains("v1.0.0 is gone"));

        TagEvent old = ReleaseSite.tagged(ReleaseSite.id("moving"), "v2.0.0", clone.tag("v2.0.0"));
        after(7, () -> {
            clone.write("hello", "moved").push("main");
            clone.tag("v2.0.0");
        });
        assertThat(ReleaseSite.outcome(site.release(old)).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(site.tags(site.client, "team/moving")).isEmpty();

        watched.tell(version -> true);
        CommitId now = clone.head();
        RunState released = site.release(ReleaseSite.tagged(ReleaseSite.id("moving"), "v2.0.0", now));
        assertThat(ReleaseSite.outcome(released).message()).startsWith("released 2.0.0");
        assertThat(site.client.get("team/moving", "2.0.0").annotations())
                .containsEntry("org.opencontainers.image.revision", now.value());

        CommitId again = clone.write("hello", "again").push("main");
        clone.tag("v2.0.0");
        assertThat(ReleaseSite.outcome(site.release(ReleaseSite.tagged(ReleaseSite.id("moving"), "v2.0.0", again)))
                        .message())
                .contains("no version ever moves");
        clone.tag("2.0.0");
        assertThat(ReleaseSite.outcome(site.release(ReleaseSite.tagged(ReleaseSite.id("moving"), "2.0.0", again)))
                        .message())
                .contains("2.0.0 is the version of the tag v2.0.0");
    }

    @Test
    void whatIsStrippedOrSwappedBetweenSignatureAndPromotionIsNotPromoted() throws Exception {
        site.startReleases(yaml());
        Clone clone = site.repository("stripped");
        clone.push("main");
        after(9, () -> strip("stripped"));
        RunState stripped = site.release(clone, "stripped", "v1.0.0");
        assertThat(ReleaseSite.outcome(stripped).reason()).isEqualTo(Reason.FAILED);
        assertThat(ReleaseSite.outcome(stripped).message()).startsWith("not promoted:");
        assertThat(site.tags(site.client, "team/stripped")).isEmpty();

        after(9, () -> {
            Digest other = other("stripped");
            site.client.tag("team/stripped", other, "1.0.1");
        });
        RunState swapped = site.release(clone, "stripped", "v1.0.1");
        assertThat(ReleaseSite.outcome(swapped).message()).contains("no version ever moves");
        assertThat(site.tags(site.client, "team/stripped")).containsExactly("1.0.1");
    }

    @Test
    void aRegistryThatIsAwayIsWaitedForAndTwoWorkersAreOneRelease() throws Exception {
        site.startReleases(yaml());
        site.startAnother(yaml());
        Clone clone = site.repository("away");
        clone.push("main");
        TagEvent event = ReleaseSite.tagged(ReleaseSite.id("away"), "v1.0.0", clone.tag("v1.0.0"));
        after(5, () -> watched.away = true);
        site.publish(event);
        site.publish(event);
        await().atMost(Duration.ofMinutes(2)).until(() -> site.history.stream()
                .anyMatch(state -> state.run().equals(ReleaseSite.run(event))
                        && state.phase() == RunState.Phase.PARKED
                        && state.steps().stream().anyMatch(step -> step.detail().contains("503"))));
        watched.away = false;
        RunState end = site.ended(ReleaseSite.run(event));
        assertThat(ReleaseSite.outcome(end).message()).startsWith("released 1.0.0");
        assertThat(site.history.stream()
                        .filter(state -> state.subject().event().equals(event.id()))
                        .filter(state -> state.subject().target().equals("release-images"))
                        .map(RunState::run)
                        .distinct())
                .hasSize(1);
        assertThat(site.states.all().stream()
                        .filter(state -> state.subject().event().equals(event.id()))
                        .filter(state -> state.subject().target().equals("release")))
                .hasSize(1);
    }

    @Test
    void aLateReleaseMovesNoTagBackThatANewerOneMovedMeanwhile() throws Exception {
        site.startReleases(yaml());
        Clone clone = site.repository("late");
        clone.push("main");
        TagEvent older = ReleaseSite.tagged(ReleaseSite.id("late"), "v1.0.0", clone.tag("v1.0.0"));
        clone.write("hello", "newer").push("main");
        TagEvent newer = ReleaseSite.tagged(ReleaseSite.id("late"), "v1.0.1", clone.tag("v1.0.1"));
        Map<String, AtomicInteger> writings = Map.of("1.0.0", new AtomicInteger(), "1.0.1", new AtomicInteger());
        CountDownLatch newerIsDrafted = new CountDownLatch(1);
        CountDownLatch olderHasListed = new CountDownLatch(1);
        CountDownLatch newerIsPromoted = new CountDownLatch(1);
        CountDownLatch newerHasMoved = new CountDownLatch(1);
        watched.tell(version -> {
            int now = Objects.requireNonNull(writings.get(version)).incrementAndGet();
            if (version.equals("1.0.1") && now == 9) {
                newerIsDrafted.countDown();
                olderHasListed.await(25, TimeUnit.SECONDS);
            } else if (version.equals("1.0.1") && now == 11) {
                newerIsPromoted.countDown();
            } else if (version.equals("1.0.1") && now == 12) {
                newerHasMoved.countDown();
            } else if (version.equals("1.0.0") && now == 11) {
                newerIsDrafted.await(25, TimeUnit.SECONDS);
            }
            return true;
        });
        watched.hold((method, path) -> {
            boolean listing = method.equals("GET") && path.contains("/team/late/releases/tags/list");
            if (listing && writings.get("1.0.0").get() == 11 && olderHasListed.getCount() > 0) {
                // it knows of no newer one, and is slow: the newer one gets so far as the claims let it
                olderHasListed.countDown();
                newerIsPromoted.await(25, TimeUnit.SECONDS);
                newerHasMoved.await(4, TimeUnit.SECONDS);
            }
        });
        try {
            site.publish(older);
            site.publish(newer);
            for (TagEvent event : List.of(older, newer)) {
                assertThat(ReleaseSite.outcome(site.ended(ReleaseSite.run(event)))
                                .message())
                        .startsWith("released ");
            }
        } finally {
            watched.hold((method, path) -> {});
        }
        assertThat(olderHasListed.getCount()).isZero();
        Optional<Digest> newest = site.client.digest("team/late", "1.0.1");
        assertThat(newest).isNotEqualTo(site.client.digest("team/late", "1.0.0"));
        for (String floating : List.of("1.0", "1", "latest")) {
            assertThat(site.client.digest("team/late", floating)).as(floating).isEqualTo(newest);
        }
    }

    @Test
    void latestOfTheDefaultBranchMovesToWhatIsSigned() throws Exception {
        site.startReleases(yaml());
        Clone clone = site.repository("branch").write(".forgefleet.yml", "retention: {}\n");
        CommitId commit = clone.push("main");
        PushEvent event = ReleaseSite.pushed(ReleaseSite.id("branch"), commit);
        site.publish(event);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> site.client.digest("team/branch", "latest").isPresent());
        Digest latest = site.client.digest("team/branch", "latest").orElseThrow();
        assertThat(site.client.digest("team/branch", "sha-" + commit.sha7())).contains(latest);
        ImageVerifier verifier =
                new ImageVerifier(new KeyProver(new Trust.Key(Files.readString(site.folder.resolve("cosign.pub")))));
        assertThat(verifier.verify(site.client, "team/branch", latest).passed()).isTrue();
    }

    /** Something that happens right after a release was written down so many times. */
    private static void after(int writings, Happening happening) {
        AtomicInteger count = new AtomicInteger();
        watched.tell(version -> {
            if (count.incrementAndGet() == writings) {
                happening.happen();
            }
            return true;
        });
    }

    @FunctionalInterface
    private interface Happening {
        void happen() throws Exception;
    }

    /** Takes every signature and attestation away. */
    private static void strip(String repository) throws Exception {
        for (String tag : site.client.tags("team/" + repository, 1000)) {
            if (tag.startsWith("sha256-")) {
                put(
                        repository,
                        tag,
                        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                                + "\"manifests\":[]}");
            }
        }
    }

    /** The digest of anything else that lies there. */
    private static Digest other(String repository) throws Exception {
        put(
                repository,
                "other",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                        + "\"manifests\":[],\"annotations\":{\"a\":\"b\"}}");
        Manifest other = site.client.get("team/" + repository, "other");
        HttpRequest delete = HttpRequest.newBuilder(
                        URI.create("http://" + site.registry.address() + "/v2/team/" + repository + "/manifests/other"))
                .DELETE()
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            http.send(delete, HttpResponse.BodyHandlers.discarding());
        }
        return other.digest();
    }

    private static void put(String repository, String tag, String index) throws Exception {
        HttpRequest put = HttpRequest.newBuilder(URI.create(
                        "http://" + site.registry.address() + "/v2/team/" + repository + "/manifests/" + tag))
                .header("Content-Type", "application/vnd.oci.image.index.v1+json")
                .PUT(HttpRequest.BodyPublishers.ofString(index))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(http.send(put, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(201);
        }
    }
}
