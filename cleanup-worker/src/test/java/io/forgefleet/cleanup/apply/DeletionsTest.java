package io.forgefleet.cleanup.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.RecordRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Deletions in a real registry, under real claims and with a real ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeletionsTest {

    @TempDir
    static Path folder;

    private DeletionSite site;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(
                RegistryProgram.DISTRIBUTION_3.isAvailable(), "no distribution 3 on the PATH: nothing to delete from");
        site = new DeletionSite(folder, RegistryProgram.DISTRIBUTION_3);
    }

    @AfterAll
    void stop() {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void deletesWhatIsOverAndNothingThatSharesADigestOrIsAPartOfWhatStays() throws Exception {
        DeletionSite.Repo repo = site.repo("team/shared");
        Digest child = repo.pushes.image("child", Optional.empty());
        Digest kept = repo.pushes.index(Map.of(child, 1), "pr-267-bbbbbbb");
        Digest other = repo.pushes.image("other", Optional.empty());
        // an index shares its child with one that stays
        Digest going = repo.pushes.index(Map.of(child, 1, other, 1), "pr-2-aaaaaaa");
        Digest promoted = repo.pushes.image("promoted", Optional.empty(), "pr-2-ccccccc", "v1.0");
        Digest plain = repo.pushes.image("plain", Optional.empty(), "pr-2-ddddddd");
        repo.enter(kept, "k", false, "pr-267-bbbbbbb");
        repo.enter(going, "g", true, "pr-2-aaaaaaa");
        repo.enter(promoted, "p", true, "pr-2-ccccccc");
        repo.enter(plain, "d", true, "pr-2-ddddddd");

        Plan plan = repo.plan();
        Report report = repo.apply(plan);

        assertThat(report.deleted()).containsExactlyInAnyOrder(going, other, plain);
        assertThat(report.untagged()).containsExactly("pr-2-ccccccc");
        assertThat(report.skipped()).isEmpty();
        assertThat(report.incomplete()).isEmpty();
        assertThat(repo.holds("v1.0")).isTrue();
        assertThat(repo.holds(child.value())).isTrue();
        assertThat(repo.holds("pr-2-ddddddd")).isFalse();
        assertThat(repo.plan().isEmpty()).isTrue();
        assertThat(site.ledger.of(repo.image)).containsOnlyKeys(kept);
    }

    @Test
    void whatGetsATagOrIsTakenUpBetweenPlanAndDeletionStays() throws Exception {
        DeletionSite.Repo repo = site.repo("team/between");
        Digest tagged = repo.pushes.image("tagged", Optional.empty(), "pr-2-aaaaaaa");
        Digest child = repo.pushes.image("child", Optional.empty());
        Digest index = repo.pushes.index(Map.of(child, 1), "pr-2-bbbbbbb");
        Digest again = repo.pushes.image("again", Optional.empty(), "pr-2-ccccccc");
        Digest moved = repo.pushes.image("moved", Optional.empty(), "pr-2-ddddddd");
        for (Digest each : List.of(tagged, index, again, moved)) {
            repo.enter(each, each.value(), true, tagOf(each, tagged, index, again));
        }
        Plan plan = repo.plan();
        assertThat(plan.deletions()).hasSize(5);

        repo.pushes.image("tagged", Optional.empty(), "prod");
        repo.pushes.index(Map.of(child, 2), "somebody-elses");
        repo.enter(again, "another run", false, "pr-2-ccccccc");
        repo.pushes.image("else", Optional.empty(), "pr-2-ddddddd");
        Report report = repo.apply(plan);

        assertThat(report.deleted()).containsExactly(index);
        assertThat(report.skipped()).hasSize(4);
        for (Digest each : List.of(tagged, child, again)) {
            assertThat(repo.holds(each.value())).isTrue();
        }
    }

    private static String tagOf(Digest each, Digest tagged, Digest index, Digest again) {
        return each.equals(tagged)
                ? "pr-2-aaaaaaa"
                : each.equals(index) ? "pr-2-bbbbbbb" : each.equals(again) ? "pr-2-ccccccc" : "pr-2-ddddddd";
    }

    @Test
    void buildThatReusesADigestAndItsDeletionExcludeEachOther() throws Exception {
        race(20, site.repo("team/race"));
    }

    @Test
    @Tag("soak")
    void buildThatReusesADigestAndItsDeletionExcludeEachOtherManyTimes() throws Exception {
        race(200, site.repo("team/races"));
    }

    private void race(int races, DeletionSite.Repo repo) throws Exception {
        int reused = 0;
        for (int i = 0; i < races; i++) {
            String tag = "pr-2-" + i;
            Digest digest = repo.pushes.image("race" + i, Optional.empty(), tag);
            repo.enter(digest, tag, true, tag);
            Plan plan = repo.plan();
            int delay = i % 10 * 8;
            String name = "reuse" + i;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                CompletableFuture<Boolean> build =
                        CompletableFuture.supplyAsync(() -> reuse(repo, tag, name, delay), threads);
                repo.apply(plan);
                boolean took = build.get();
                assertThat(repo.holds(tag)).as("race %s, reused: %s", i, took).isEqualTo(took);
                reused += took ? 1 : 0;
            }
        }
        assertThat(reused).as("both sides win at times").isBetween(1, races - 1);
    }

    /** What a build does that finds its tag there; whether it took it up. */
    private boolean reuse(DeletionSite.Repo repo, String tag, String name, int delay) {
        try {
            Thread.sleep(delay);
            String key = ClaimKeys.ofTag(repo.image, tag);
            if (!(site.builds.acquire(key, new RecordRef(name, 0, 0)) instanceof Acquisition.Held held)) {
                return false; // parks
            }
            Claim claim = held.claim();
            try {
                Registry registry = site.driver.reader().registry();
                Optional<Digest> present = registry.digest(repo.path, tag);
                if (present.isEmpty()) {
                    return false; // builds anew
                }
                repo.enter(present.get(), name, false, tag);
                return true;
            } finally {
                claim.release();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void randomRepositoriesStayWholeAndASecondRunGoesOnWhereOneWasStopped() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 3; round++) {
            DeletionSite.Repo repo = site.repo("team/random" + round);
            List<Digest> images = new ArrayList<>();
            Map<Digest, String> kept = new HashMap<>();
            for (int i = 0; i < 12; i++) {
                images.add(repo.pushes.image("r" + round + "i" + i, Optional.empty()));
            }
            Set<Digest> used = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                Map<Digest, Integer> children = new HashMap<>();
                for (int j = 0; j < 3; j++) {
                    children.put(images.get(random.nextInt(images.size())), i + 1);
                }
                Digest index = repo.pushes.index(children, "t" + i);
                boolean over = random.nextBoolean();
                repo.enter(index, "t" + i, over, "t" + i);
                if (!over) {
                    kept.put(index, "t" + i);
                    used.addAll(children.keySet());
                } else if (random.nextBoolean()) {
                    Digest report = repo.pushes.image("about" + i, Optional.of(index), "report-" + i);
                    repo.enter(report, "report" + i, true, "report-" + i);
                }
            }
            Plan plan = repo.plan();
            CompletableFuture<Throwable> stopped = new CompletableFuture<>();
            Thread first = Thread.ofVirtual().start(() -> {
                try {
                    repo.apply(plan);
                    stopped.complete(new IllegalStateException("not stopped"));
                } catch (Exception e) {
                    stopped.complete(e);
                }
            });
            Thread.sleep(random.nextInt(60));
            first.interrupt();
            stopped.get();

            // what the stopped one had marked is free again after the validity of a claim
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                assertThat(repo.apply(repo.plan()).incomplete()).isEmpty();
                return repo.plan().deletions().isEmpty();
            });
            for (Map.Entry<Digest, String> each : kept.entrySet()) {
                assertThat(repo.holds(each.getValue())).isTrue();
            }
            for (Digest image : used) {
                assertThat(repo.holds(image.value())).isTrue();
            }
        }
    }

    @Test
    void ledgerThatIsAnotherOneOrEndsEarlierStopsEverything() throws Exception {
        Path file = folder.resolve("guard/ledger.json");
        try (LedgerGuard guard = new LedgerGuard(site.kafka, file)) {
            assertThat(guard.check()).isEmpty();
            assertThat(guard.check()).isEmpty();
            String seen = Files.readString(file);
            Files.writeString(file, seen.replaceAll("(\"0\":)[0-9]+", "$1999999999"));
            assertThat(guard.check()).hasValueSatisfying(why -> assertThat(why).contains("ends before"));
            assertThat(guard.check()).isPresent();
            Files.writeString(file, seen.replaceAll("(\"topicId\":\")..", "$1zz"));
            assertThat(guard.check()).hasValueSatisfying(why -> assertThat(why).contains("another topic"));
            guard.accept();
            assertThat(guard.check()).isEmpty();
        }
    }
}
