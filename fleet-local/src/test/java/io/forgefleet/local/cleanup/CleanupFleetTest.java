package io.forgefleet.local.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.cleanup.apply.ClaimMarks;
import io.forgefleet.cleanup.apply.Marks;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.cleanup.sweep.Wish;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.ArtifactDeleted;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.fault.WorkingCopy;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.claim.Claims;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Builds and cleanups of one fleet at work on one registry. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CleanupFleetTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ClaimTiming TIMING =
            new ClaimTiming(Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(1));
    private static final String INDEX =
            "images: [{name: app, platforms: [linux/amd64, linux/arm64], dockerfile: Dockerfile}]\n";

    @TempDir
    private static Path folder;

    private CleanupFleet fleet;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(Files.exists(Path.of("/var/run/docker.sock")), "no Docker engine: start one to run this test");
        assumeTrue(
                RegistryProgram.DISTRIBUTION_3.isAvailable(), "no distribution 3 on the PATH: nothing to delete from");
        fleet = new CleanupFleet(folder);
    }

    @AfterAll
    void stop() throws Exception {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void imagesOfAClosedPullRequestGoAndWhatWasReleasedOrIsProtectedStays() throws Exception {
        WorkingCopy copy = fleet.repository("app.x")
                .file("Dockerfile", "FROM scratch\nCOPY hello /\n")
                .file("hello", "0");
        String main = copy.push("main");
        PushedImage latest = image(fleet.build(fleet.pushed("app.x", "main", main)));
        String first = copy.file("hello", "1").push("feature");
        fleet.forge.openPullRequest("team/app.x", fleet.forge.account("team"), "Feature", "feature", "main");
        PushedImage old = image(fleet.build(fleet.request("app.x", 1, first, Action.OPENED)));
        String second = copy.file("hello", "2").push("feature");
        PushedImage superseding = image(fleet.build(fleet.request("app.x", 1, second, Action.SYNCHRONIZED)));

        // superseded: by its ledger entry alone, within its time, which is none here
        awaitGone("team/app.x", old);
        assertThat(fleet.registry.digest("team/app.x", superseding.tag())).contains(superseding.digest());

        String third = copy.file("hello", "3").push("feature");
        PushedImage head = image(fleet.build(fleet.request("app.x", 1, third, Action.SYNCHRONIZED)));
        fleet.registry.tag("team/app.x", head.digest(), "v1.0.0"); // a person released it by its digest
        awaitGone("team/app.x", superseding);
        fleet.forge.closePullRequest("team/app.x", fleet.forge.account("team"), 1);
        fleet.publish(fleet.request("app.x", 1, third, Action.CLOSED));
        awaitTagGone(head);

        assertThat(fleet.registry.whole("team/app.x", head.digest())).isPresent();
        assertThat(fleet.registry.digest("team/app.x", "v1.0.0")).contains(head.digest());
        for (String tag : List.of(latest.tag(), "latest")) {
            assertThat(fleet.registry.digest("team/app.x", tag)).contains(latest.digest());
        }
        assertThat(fleet.deleted).extracting(ArtifactDeleted::digest).doesNotContain(head.digest(), latest.digest());
        assertThat(fleet.deleted.stream().filter(each -> each.digest().equals(old.digest())))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.tags()).containsExactly(old.tag());
                    assertThat(each.reason()).startsWith("superseded in #1");
                    assertThat(each.repository()).isEqualTo(CleanupFleet.id("app.x"));
                });
        await().atMost(PATIENCE).until(() -> fleet.ledger.values().stream()
                .map(LedgerEntry::digest)
                .noneMatch(Set.of(old.digest(), superseding.digest(), head.digest())::contains));
    }

    @Test
    void imagesOfADeletedBranchGoAndThoseOfABranchWhoseNameBeginsAlikeStay() throws Exception {
        WorkingCopy copy = fleet.repository("branches")
                .file("Dockerfile", "FROM scratch\nCOPY hello /\n")
                .file("hello", "0");
        fleet.build(fleet.pushed("branches", "main", copy.push("main")));
        String first = copy.file("hello", "1").push("fix");
        PushedImage fix = image(fleet.build(fleet.pushed("branches", "fix", first)));
        PushedImage other = image(fleet.build(
                fleet.pushed("branches", "fix-2", copy.file("hello", "2").push("fix-2"))));

        copy.delete("fix");
        fleet.publish(fleet.branchDeleted("branches", "fix", first));

        awaitGone("team/branches", fix);
        assertThat(fleet.deleted.stream().filter(each -> each.digest().equals(fix.digest())))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("fix"));
        assertThat(fleet.registry.digest("team/branches", other.tag())).contains(other.digest());
    }

    @Test
    void ciImageGoesWhenItIsOldAndNoBranchNamesItAnyMore() throws Exception {
        WorkingCopy copy = fleet.repository("pinned");
        Bulk made = new Bulk(fleet, "pinned", 0);
        Digest old = made.enter(LedgerEntry.Kind.IMAGE, "deps-old", "main", 0);
        copy.file(".github/workflows/test.yml", "container: " + made.image() + "@" + old)
                .push("main");
        copy.file("hello", "1").push("side"); // names it as well
        copy.file(".github/workflows/test.yml", "container: another").push("main");
        Digest current = made.enter(LedgerEntry.Kind.IMAGE, "deps-new", "main", 1);

        cleanup("pinned");
        assertThat(fleet.registry.digest(made.path(), "deps-old")).contains(old);

        copy.delete("side");
        made.enter(LedgerEntry.Kind.IMAGE, "deps-new", "main", 2); // a later commit takes it up again
        cleanup("pinned");
        assertThat(fleet.registry.digest(made.path(), "deps-old")).isEmpty();
        assertThat(fleet.registry.digest(made.path(), "deps-new")).contains(current);
    }

    @Test
    void templateDatabaseGoesWithTheLastBranchThatNamesIt() throws Exception {
        WorkingCopy copy = fleet.repository("migrated").file("schema.sql", "");
        copy.push("main");
        copy.file("hello", "1").push("feature");
        Bulk made = new Bulk(fleet, "migrated", 0);
        Digest shared = made.enter(LedgerEntry.Kind.TEMPLATE, "main-1", "main", 0);
        made.enter(LedgerEntry.Kind.TEMPLATE, "main-1", "feature", 0);
        Digest own = made.enter(LedgerEntry.Kind.TEMPLATE, "main-2", "feature", 1);
        cleanup("migrated");
        assertThat(fleet.registry.digest(made.path(), "main-2")).contains(own);

        copy.delete("feature");
        fleet.publish(fleet.branchDeleted("migrated", "feature", "%040x".formatted(2)));
        await().atMost(PATIENCE)
                .until(() -> fleet.registry.digest(made.path(), "main-2").isEmpty());
        assertThat(fleet.registry.digest(made.path(), "main-1")).contains(shared);
    }

    /** When everything before is read, and nobody else is at it. */
    private void cleanup(String name) {
        await().atMost(PATIENCE)
                .until(
                        () -> fleet.cleanups.cleaner().clean(Wish.sweep(CleanupFleet.id(name))),
                        outcome -> outcome.refusal().isEmpty());
    }

    @Test
    void oneCleanupAtATimeWorksOnARepository() throws Exception {
        try (Claims claims = new Claims(fleet.kafka, TIMING)) {
            Marks.Mark mark = new ClaimMarks(claims)
                    .take(Set.of("cleanup/" + CleanupFleet.id("nothing")))
                    .orElseThrow();
            try (mark) {
                assertThat(fleet.cleanups
                                .cleaner()
                                .clean(Wish.sweep(CleanupFleet.id("nothing")))
                                .refusal())
                        .contains("another cleanup of local/team/nothing is at work");
            }
        }
    }

    @Test
    void buildThatPushesOrReusesWhileTheSweepRunsHasWhatItTellsOf() throws Exception {
        race("race", 20);
    }

    @Test
    @Tag("soak")
    void buildThatPushesOrReusesWhileTheSweepRunsHasWhatItTellsOfManyTimes() throws Exception {
        race("races", 200);
    }

    /** Of two commits before the head each is taken up again in turn, which makes the other one superseded: it goes, or is reused. */
    private void race(String name, int rounds) throws Exception {
        WorkingCopy copy = fleet.repository(name)
                .file("Dockerfile", "FROM scratch\nCOPY hello /\n")
                .file(".forgefleet.yml", INDEX)
                .file("hello", "0");
        copy.push("main");
        ForgeEvent[] events = new ForgeEvent[2];
        String[] commits = {
            copy.file("hello", "1").push("feature"), copy.file("hello", "2").push("feature")
        };
        copy.file("hello", "3").push("feature");
        fleet.forge.openPullRequest("team/" + name, fleet.forge.account("team"), "Feature", "feature", "main");
        for (int i = 0; i < 2; i++) {
            events[i] = fleet.request(name, 1, commits[i], Action.SYNCHRONIZED);
            fleet.ended(fleet.replay(events[i]));
        }
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread sweeps = Thread.ofVirtual().start(() -> {
            try {
                while (going.get()) {
                    fleet.cleanups.cleaner().clean(Wish.sweep(CleanupFleet.id(name)));
                }
            } catch (Exception e) {
                failure.set(e);
            }
        });
        int reused = 0;
        try {
            for (int i = 0; i < rounds; i++) {
                Thread.sleep(i % 4 * 250L); // now the build is first, now the sweep
                RunState state = fleet.ended(fleet.replay(events[i % 2]));
                PushedImage told = image(state);
                String repository = "team/" + name;
                assertThat(fleet.registry.digest(repository, told.tag()))
                        .as("round %s, reused: %s", i, told.reused())
                        .contains(told.digest());
                assertThat(fleet.registry.whole(repository, told.digest()))
                        .as("round %s, reused: %s", i, told.reused())
                        .isPresent();
                reused += told.reused() ? 1 : 0;
            }
        } finally {
            going.set(false);
            sweeps.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(fleet.meters.counter("fleet.cleanup.incomplete").count()).isZero();
        assertThat(fleet.meters.counter("fleet.cleanup.deleted").count()).isPositive();
        assertThat(reused).as("both sides win at times").isBetween(1, rounds - 1);
    }

    @Test
    void runThatFindsWhatACleanupIsAboutToDeleteWaitsAndThenMakesItAnew() throws Exception {
        WorkingCopy copy = fleet.repository("marked")
                .file("Dockerfile", "FROM scratch\nCOPY hello /\n")
                .file(".forgefleet.yml", INDEX)
                .file("hello", "0");
        copy.push("main");
        ForgeEvent event =
                fleet.pushed("marked", "feature", copy.file("hello", "1").push("feature"));
        PushedImage before = image(fleet.build(event));
        Digest child = fleet.registry
                .whole("team/marked", before.digest())
                .orElseThrow()
                .children()
                .getFirst();
        try (Claims claims = new Claims(fleet.kafka, TIMING)) {
            RunId run;
            try (Marks.Mark mark = new ClaimMarks(claims)
                    .take(Set.of(
                            ClaimKeys.ofDigest(before.repository(), before.digest()),
                            ClaimKeys.ofDigest(before.repository(), child)))
                    .orElseThrow()) {
                run = fleet.replay(event);
                await().atMost(PATIENCE).until(() -> fleet.hasBegun(run));
                await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> !fleet.isOver(run));
                mark.ensureHeld();
                fleet.registry.delete("team/marked", before.digest().value());
                fleet.registry.delete("team/marked", child.value());
            }
            PushedImage after = image(fleet.ended(run));
            assertThat(after.tag()).isEqualTo(before.tag());
            assertThat(after.reused()).isFalse();
            assertThat(fleet.registry.whole("team/marked", after.digest())).isPresent();
        }
    }

    @Test
    void tagOfAnImageThatLacksAPartIsNotReusedAndNotMoved() throws Exception {
        WorkingCopy copy = fleet.repository("lacking")
                .file("Dockerfile", "FROM scratch\nCOPY hello /\n")
                .file(".forgefleet.yml", INDEX)
                .file("hello", "0");
        copy.push("main");
        ForgeEvent event =
                fleet.pushed("lacking", "feature", copy.file("hello", "1").push("feature"));
        PushedImage before = image(fleet.build(event));
        Digest child = fleet.registry
                .whole("team/lacking", before.digest())
                .orElseThrow()
                .children()
                .getFirst();
        fleet.registry.delete("team/lacking", child.value());

        PushedImage after = image(fleet.ended(fleet.replay(event)));

        assertThat(after.tag()).startsWith(before.tag()).isNotEqualTo(before.tag());
        assertThat(fleet.registry.whole("team/lacking", after.digest())).isPresent();
        assertThat(fleet.registry.digest("team/lacking", before.tag())).contains(before.digest());
    }

    @Test
    void repositoryThatIsGoneFromItsForgeLosesNothing() throws Exception {
        Bulk bulk = new Bulk(fleet, "gone", 3);
        assertThat(fleet.cleanups
                        .cleaner()
                        .clean(Wish.sweep(CleanupFleet.id("gone")))
                        .refusal())
                .contains("if it was renamed or removed");
        assertThat(bulk.left()).isEqualTo(3);
    }

    @Test
    void cleanupOfMoreThanItsShareWaitsForAPersonsWord() throws Exception {
        fleet.repository("share").file("hello", "0").push("main");
        Bulk bulk;
        try (Claims claims = new Claims(fleet.kafka, TIMING);
                Marks.Mark mark = new ClaimMarks(claims)
                        .take(Set.of("cleanup/" + CleanupFleet.id("share")))
                        .orElseThrow()) {
            bulk = new Bulk(fleet, "share", 25); // all of it before anybody looks
            mark.ensureHeld();
        }
        Outcome refused = await().atMost(PATIENCE)
                .until(
                        () -> fleet.cleanups.cleaner().clean(Wish.sweep(CleanupFleet.id("share"))),
                        outcome -> outcome.images().stream().anyMatch(each -> each.plan() != null));
        assertThat(refused.images())
                .singleElement()
                .satisfies(each -> assertThat(each.refusal()).contains("% of").contains("--yes"));
        assertThat(bulk.left()).isEqualTo(25);

        Outcome done =
                fleet.cleanups.cleaner().clean(new Wish(CleanupFleet.id("share"), false, true, KeepPattern.NONE, ""));
        assertThat(done.images().getFirst().refusal()).isEmpty();
        assertThat(bulk.left()).isZero();
    }

    @Test
    void workerThatIsKilledInTheMiddleLeavesNothingThatTheNextOneDoesNotFinish() throws Exception {
        fleet.repository("other", "killed").file("hello", "0").push("main");
        Bulk bulk = new Bulk(fleet, "other", "killed", 60);
        String kept = bulk.keep();
        ManagedProcess first = fleet.startProcess("first");
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> told(bulk) >= 3);
        first.kill();
        int left = bulk.left();
        assertThat(left).as("it was killed in the middle").isBetween(1, 57);

        ManagedProcess second = fleet.startProcess("second");
        await().atMost(PATIENCE).until(() -> bulk.left() == 0);
        await().atMost(PATIENCE).until(() -> fleet.ledger.values().stream()
                .noneMatch(entry -> entry.image().equals(bulk.image())));
        second.close();
        assertThat(fleet.registry.digest(bulk.path(), kept)).isPresent();
        assertThat(fleet.deleted.stream()
                        .filter(each -> each.image().equals(bulk.image()))
                        .map(ArtifactDeleted::digest)
                        .distinct())
                .as("each deletion is told of")
                .hasSize(60);
    }

    private long told(Bulk bulk) {
        return fleet.deleted.stream()
                .filter(each -> each.image().equals(bulk.image()))
                .count();
    }

    private static PushedImage image(RunState state) {
        assertThat(Objects.requireNonNull(state.outcome()).reason())
                .as(state.outcome().message())
                .isEqualTo(Reason.SUCCEEDED);
        return state.images().getFirst();
    }

    private void awaitGone(String repository, PushedImage image) {
        Digest digest = image.digest();
        await().atMost(PATIENCE).until(() -> fleet.deleted.stream()
                .anyMatch(each -> each.digest().equals(digest)));
        await().atMost(PATIENCE)
                .until(() -> fleet.registry.whole(repository, digest).isEmpty());
    }

    private void awaitTagGone(PushedImage image) {
        await().atMost(PATIENCE)
                .until(() -> fleet.registry.digest("team/app.x", image.tag()).isEmpty());
    }
}
