package io.forgefleet.cleanup.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.RecordRef;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What happens to deletions, and between plan and deletion; and what is taken back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeletionFaultsTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

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

    private void healthy() {
        site.door.before = (method, path) -> 0;
        site.door.after = (method, path) -> 0;
    }

    @Test
    void registryThatFailsInTheMiddleIsAskedAgainWhetherItHadDeletedOrNot() throws Exception {
        DeletionSite.Repo repo = site.repo("team/failing");
        List<Digest> going = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Digest digest = repo.pushes.image("going" + i, Optional.empty(), "pr-2-" + i);
            repo.enter(digest, "going" + i, true, "pr-2-" + i);
            going.add(digest);
        }
        Digest kept = repo.pushes.image("kept", Optional.empty(), "pr-3-a");
        repo.enter(kept, "kept", false, "pr-3-a");
        Plan plan = repo.plan();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        Set<String> done = ConcurrentHashMap.newKeySet();
        site.door.before = (method, path) -> deletes(method, path, going, 0) && failed.add(path) ? 500 : 0;
        site.door.after = (method, path) -> deletes(method, path, going, 1) && done.add(path) ? 503 : 0;
        try {
            Report report = repo.apply(plan);

            assertThat(report.deleted()).containsExactlyInAnyOrderElementsOf(going);
            assertThat(report.skipped()).isEmpty();
            assertThat(report.incomplete()).isEmpty();
            assertThat(failed.size() + done.size()).as("requests that failed").isEqualTo(6);
        } finally {
            healthy();
        }
        assertThat(repo.holds("pr-3-a")).isTrue();
        assertThat(repo.plan().isEmpty()).isTrue();
    }

    /** Whether one half of them is to be deleted by this request. */
    private static boolean deletes(String method, String path, List<Digest> going, int half) {
        return method.equals("DELETE")
                && going.stream().anyMatch(each -> path.endsWith(each.value()) && going.indexOf(each) % 2 == half);
    }

    @Test
    void tagOfSomebodyElseThatIsMovedToWhatIsToGoKeepsIt() throws Exception {
        DeletionSite.Repo repo = site.repo("team/moved");
        Digest going = repo.pushes.image("going", Optional.empty(), "pr-2-a");
        repo.enter(going, "going", true, "pr-2-a");
        repo.pushes.image("before", Optional.empty(), "prod");
        Plan plan = repo.plan();
        assertThat(plan.deletions()).hasSize(1);

        repo.pushes.image("going", Optional.empty(), "prod"); // it was there, and named something else
        Report report = repo.apply(plan);

        assertThat(report.deleted()).isEmpty();
        assertThat(report.skipped()).singleElement().satisfies(left -> assertThat(left.why())
                .contains("got a tag since the plan"));
        assertThat(site.driver.reader().registry().digest(repo.path, "prod")).contains(going);
    }

    @Test
    void tokenThatMayReadButNotDeleteIsToldBeforeAnythingStarts() throws Exception {
        DeletionSite.Repo repo = site.repo("team/readable");
        repo.pushes.image("one", Optional.empty(), "pr-2-a");
        site.door.before = (method, path) -> method.equals("DELETE") ? 403 : 0;
        try {
            assertThat(site.driver.capabilities(repo.path).mayDelete()).isFalse();
            assertThat(site.driver.capabilities(repo.path).hindrance()).contains("right to delete");
        } finally {
            healthy();
        }
        assertThat(site.driver.capabilities(repo.path).mayDelete()).isTrue();
    }

    @Test
    void clockThatIsADayOffStopsEverythingWhicheverItIs() {
        Instant now = Instant.parse("2026-11-29T12:00:00Z");
        assertThat(LedgerGuard.doubt(now, now.plusSeconds(600))).isEmpty();
        assertThat(LedgerGuard.doubt(now.plus(Duration.ofDays(1)), now))
                .hasValueSatisfying(why -> assertThat(why).contains("nothing is deleted"));
        assertThat(LedgerGuard.doubt(now.minus(Duration.ofDays(1)), now)).isPresent();
    }

    @Test
    void whoIsStoppedWhileItMarksLeavesNothingMarked() throws Exception {
        healthy();
        DeletionSite.Repo repo = site.repo("team/stopped");
        for (int i = 0; i < 3; i++) {
            repo.enter(repo.pushes.image("over" + i, Optional.empty(), "t" + i), "t" + i, true, "t" + i);
        }
        Plan plan = repo.plan();
        Marks real = new ClaimMarks(site.claims);
        Thread cleaning = Thread.currentThread();
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(3);
        AtomicBoolean stopped = new AtomicBoolean();
        assertThatThrownBy(() -> repo.apply(plan, keys -> {
                    Optional<Marks.Mark> mark = real.take(keys);
                    taken.addAll(keys);
                    all.countDown();
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        return mark;
                    }
                    // whoever waits for the first mark is stopped when each is taken and none handed over
                    if (stopped.compareAndSet(false, true)) {
                        cleaning.interrupt();
                        long deadline =
                                System.nanoTime() + Duration.ofSeconds(5).toNanos();
                        while (cleaning.isInterrupted() && System.nanoTime() < deadline) {
                            Thread.onSpinWait();
                        }
                    }
                    return mark;
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(taken).hasSize(6);
        await().atMost(Duration.ofSeconds(3)).until(() -> taken.stream().allMatch(site.claims::isFree));
    }

    @Test
    void digestThatARunHasClaimedStaysThoughItsTagsAreFree() throws Exception {
        DeletionSite.Repo repo = site.repo("team/claimed");
        Digest child = repo.pushes.image("child", Optional.empty());
        Digest index = repo.pushes.index(Map.of(child, 1), "pr-2-a");
        repo.enter(index, "index", true, "pr-2-a");
        Plan plan = repo.plan();
        var held =
                (Acquisition.Held) site.builds.acquire(ClaimKeys.ofDigest(repo.image, child), new RecordRef("x", 0, 0));
        try {
            Report report = repo.apply(plan);
            assertThat(report.deleted()).containsExactly(index);
            assertThat(report.skipped()).extracting(Report.Skipped::digest).containsExactly(child);
        } finally {
            held.claim().release();
        }
        assertThat(repo.holds(child.value())).isTrue();
    }

    @Test
    void whatGoesToTheTrashIsWholeThereAndCanBeTakenBackAndGoesForGoodLater() throws Exception {
        DeletionSite.Repo repo = site.repo("team/trash");
        Digest child = repo.pushes.image("child", Optional.empty());
        Digest index = repo.pushes.index(Map.of(child, 1), "pr-2-a");
        Digest other = repo.pushes.image("other", Optional.empty(), "pr-2-b");
        repo.enter(index, "index", true, "pr-2-a");
        repo.enter(other, "other", true, "pr-2-b");

        Report report = repo.apply(repo.plan(Optional.of(TODAY)));

        assertThat(report.deleted()).isEmpty();
        assertThat(report.untagged()).containsExactlyInAnyOrder("pr-2-a", "pr-2-b");
        String id = "trash-20261129-" + index.value().substring(7, 19);
        String otherId = "trash-20261129-" + other.value().substring(7, 19);
        assertThat(report.trashed()).containsExactlyInAnyOrder(id, otherId);
        assertThat(site.driver.reader().registry().whole(repo.path, index)).isPresent();
        assertThat(repo.plan(Optional.of(TODAY.plusDays(1))).isEmpty())
                .as("it stays there")
                .isTrue();

        Restore restore = new Restore(site.driver, repo.path, repo.image, new ClaimMarks(site.claims), site.ledger);
        assertThat(restore.undo("trash-20261129-000000000000")).isEmpty();
        assertThat(restore.undo(id)).contains(Set.of("pr-2-a"));
        assertThat(site.driver.reader().registry().digest(repo.path, "pr-2-a")).contains(index);
        assertThat(repo.holds(id)).isFalse();
        assertThat(restore.undo(id)).as("it is not there any more").isEmpty();

        expire(repo);
        Report last = repo.apply(repo.plan(Optional.of(TODAY.plusDays(2))));
        assertThat(last.deleted()).containsExactly(other);
        assertThat(repo.holds(otherId)).isFalse();
        assertThat(repo.holds("pr-2-a")).as("what was taken back stays").isTrue();
        assertThat(site.ledger.of(repo.image)).containsOnlyKeys(index);
    }

    /** The time of what is in the trash is over; what was taken back has none. */
    private void expire(DeletionSite.Repo repo) throws Exception {
        site.ledger.catchUp();
        site.ledger.of(repo.image).values().stream()
                .flatMap(List::stream)
                .map(Entered::entry)
                .filter(entry -> entry.kind() == LedgerEntry.Kind.TRASH
                        && entry.tags().getFirst().startsWith("trash-"))
                .forEach(entry -> repo.over.put(entry.key(), true));
    }

    @Test
    void cleanupThatWasKilledOverTheTrashIsBroughtToItsEnd() throws Exception {
        DeletionSite.Repo repo = site.repo("team/killed");
        Digest digest = repo.pushes.image("one", Optional.empty(), "pr-2-a");
        repo.enter(digest, "one", true, "pr-2-a");
        site.ledger.catchUp();
        String id = "trash-20261128-" + digest.value().substring(7, 19);
        site.ledger.enter(
                Trashed.entry(site.ledger.of(repo.image).get(digest).getFirst().entry(), List.of(id)));

        Report report = repo.apply(repo.plan(Optional.of(TODAY)));

        assertThat(report.untagged()).containsExactly("pr-2-a");
        assertThat(site.driver.reader().registry().digest(repo.path, id)).contains(digest);
        assertThat(repo.holds("pr-2-a")).isFalse();
    }
}
