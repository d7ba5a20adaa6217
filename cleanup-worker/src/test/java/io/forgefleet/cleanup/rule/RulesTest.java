package io.forgefleet.cleanup.rule;

import static io.forgefleet.cleanup.rule.Entries.NOW;
import static io.forgefleet.cleanup.rule.Entries.REPOSITORY;
import static io.forgefleet.cleanup.rule.Entries.commit;
import static io.forgefleet.cleanup.rule.Entries.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.cleanup.rule.Verdict.Expired;
import io.forgefleet.cleanup.rule.Verdict.Kept;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RulesTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Retention RETENTION = new Retention(DAY, DAY.multipliedBy(7), HOUR, DAY, true);
    private static final Where TWO = new Where(REPOSITORY, 2L, null);
    private static final Where PR_267 = new Where(REPOSITORY, 267L, null);

    private static Verdict of(Entered entered, Map<Where, RefState> truth, Entered... more) {
        List<Entered> all = new java.util.ArrayList<>(List.of(more));
        all.add(entered);
        return new Rules(RETENTION, truth, run -> false, NOW)
                .judge(all)
                .get(entered.entry().key());
    }

    private static RefState closed(Duration ago) {
        return new RefState.Ended("closed", NOW.minus(ago));
    }

    private static RefState open(String head) {
        return new RefState.Live(commit(head));
    }

    @Test
    void closedPullRequestKeepsItsImagesForADayAndNoOtherPullRequestsGo() {
        Entered two = Entries.ofPullRequest(2, "a", DAY.multipliedBy(9), "pr-2-aaaaaaa");
        Entered other = Entries.ofPullRequest(267, "b", DAY.multipliedBy(9), "pr-267-bbbbbbb");
        Map<Where, RefState> truth = Map.of(TWO, closed(DAY.plusMinutes(1)), PR_267, open("b"));

        assertThat(of(two, truth, other)).isInstanceOf(Expired.class);
        assertThat(of(other, truth, two)).isEqualTo(new Kept("image of the head of #267"));
        assertThat(of(two, Map.of(TWO, closed(DAY.minusMinutes(1))), other)).isInstanceOf(Kept.class);
    }

    @Test
    void ageCountsFromWhenItWasSupersededAndNotFromWhenItWasMade() {
        Entered old = Entries.ofPullRequest(2, "a", DAY.multipliedBy(30), "pr-2-aaaaaaa");
        Entered younger = Entries.ofPullRequest(2, "b", HOUR.multipliedBy(2), "pr-2-bbbbbbb");
        Map<Where, RefState> truth = Map.of(TWO, open("b"));

        assertThat(of(old, truth, younger)).isInstanceOf(Kept.class);
        Entered longAgo = Entries.ofPullRequest(2, "b", HOUR.multipliedBy(25), "pr-2-bbbbbbb");
        assertThat(of(old, truth, longAgo)).isInstanceOf(Expired.class);
        assertThat(of(longAgo, truth, old)).isInstanceOf(Kept.class);
    }

    @Test
    void newestImageStaysWhereTheHeadHasNone() {
        Entered newest = Entries.ofPullRequest(2, "a", DAY.multipliedBy(30), "pr-2-aaaaaaa");
        assertThat(of(newest, Map.of(TWO, open("failed to build")))).isEqualTo(new Kept("newest image of #2"));
    }

    @Test
    void headThatIsAnOldCommitAgainIsKept() {
        Entered head = Entries.ofPullRequest(2, "a", DAY.multipliedBy(30), "pr-2-aaaaaaa");
        Entered between = Entries.ofPullRequest(2, "b", DAY.multipliedBy(20), "pr-2-bbbbbbb");
        assertThat(of(head, Map.of(TWO, open("a")), between)).isEqualTo(new Kept("image of the head of #2"));
    }

    @Test
    void whatTheForgeDoesNotSayOrTheLedgerDoesNotTellIsKept() {
        Entered image = Entries.ofPullRequest(2, "a", DAY.multipliedBy(90), "pr-2-aaaaaaa");
        assertThat(of(image, Map.of())).isInstanceOf(Kept.class);
        Entered without = Entries.entry(
                Kind.IMAGE, digest("x"), "x", null, null, TrustClass.BRANCH, DAY.multipliedBy(90), "feature-1234567");
        assertThat(of(without, Map.of())).isInstanceOf(Kept.class);
    }

    @Test
    void protectedImagesAndThoseOfRunsInHandAndYoungOnesStay() {
        Entered release = Entries.entry(
                Kind.IMAGE, digest("r"), "r", null, "refs/heads/x", TrustClass.PROTECTED, DAY.multipliedBy(900), "v1");
        Map<Where, RefState> gone = Map.of(Where.branch(REPOSITORY, "x"), closed(DAY.multipliedBy(800)));
        assertThat(of(release, gone)).isInstanceOf(Kept.class);

        Entered image = Entries.ofBranch("x", "a", DAY.multipliedBy(90), "x-aaaaaaa");
        assertThat(of(image, gone)).isInstanceOf(Expired.class);
        assertThat(new Rules(RETENTION, gone, Set.of(image.entry().run())::contains, NOW)
                        .judge(List.of(image))
                        .get(image.entry().key()))
                .isInstanceOf(Kept.class);
        Entered young = Entries.ofBranch("x", "b", HOUR.minusMinutes(1), "x-bbbbbbb");
        assertThat(of(young, gone)).isInstanceOf(Kept.class);
    }

    @Test
    void supersededCachesAndWhatARunLeftWithoutATagGo() {
        Entered old = Entries.entry(
                Kind.CACHE, digest("c1"), "c1", null, "refs/heads/main", TrustClass.PROTECTED, DAY, "buildcache-m");
        Entered current = Entries.entry(
                Kind.CACHE,
                digest("c2"),
                "c2",
                null,
                "refs/heads/main",
                TrustClass.PROTECTED,
                HOUR.multipliedBy(2),
                "buildcache-m");
        assertThat(of(old, Map.of(), current)).isInstanceOf(Expired.class);
        assertThat(of(current, Map.of(), old)).isInstanceOf(Kept.class);
        assertThat(of(Entries.ofPullRequest(2, "s", HOUR.multipliedBy(2)), Map.of(TWO, open("s"))))
                .isInstanceOf(Expired.class);
    }

    private static Entered template(long number, String commit, String content, Duration ago) {
        return Entries.entry(Kind.TEMPLATE, digest(content), commit, number, null, TrustClass.BRANCH, ago, content);
    }

    @Test
    void templateThatAnyLiveBranchHasAsItsNewestStaysWhoeverMadeIt() {
        Entered made = template(2, "a", "key1", DAY.multipliedBy(30));
        Entered next = template(2, "b", "key2", DAY.multipliedBy(20));
        Entered reused = template(267, "c", "key1", DAY.multipliedBy(10));
        Map<Where, RefState> both = Map.of(TWO, open("b"), PR_267, open("c"));

        assertThat(of(made, both, next, reused))
                .as("by its own pull request's entry")
                .isInstanceOf(Expired.class);
        assertThat(of(reused, both, made, next)).as("by whoever reused it").isInstanceOf(Kept.class);
        assertThat(of(next, both, made, reused)).isInstanceOf(Kept.class);
        Map<Where, RefState> closed = Map.of(TWO, closed(DAY.multipliedBy(2)), PR_267, closed(HOUR));
        assertThat(of(next, closed, made, reused)).isInstanceOf(Expired.class);
        assertThat(of(reused, closed, made, next)).as("not for long enough").isInstanceOf(Kept.class);
        assertThat(of(next, Map.of(), made)).as("the forge does not say").isInstanceOf(Kept.class);
    }

    @Test
    void ciImageStaysWhileABranchNamesItAndOrdinaryImagesDoNotSupersedeIt() {
        Entered ci = Entries.ofBranch("main", "a", DAY.multipliedBy(30), "deps-1234567890ab");
        Entered image = Entries.ofBranch("main", "b", DAY.multipliedBy(20), "sha-bbbbbbb");
        Entered newer = Entries.ofBranch("main", "c", DAY.multipliedBy(10), "deps-cccccccccccc");
        Map<Where, RefState> truth = Map.of(Where.branch(REPOSITORY, "main"), new RefState.Lasting());

        assertThat(of(ci, truth, image)).isInstanceOf(Kept.class);
        assertThat(of(ci, truth, image, newer)).isInstanceOf(Expired.class);
        assertThat(new Rules(RETENTION, truth, run -> false, digest("a")::equals, NOW)
                        .judge(List.of(ci, image, newer))
                        .get(ci.entry().key()))
                .isEqualTo(new Kept("a CI image that the head of a branch names"));
    }

    @Test
    void trashStaysForItsTimeAndWhatWasTakenBackForEver() {
        Entered young = Entries.entry(
                Kind.TRASH, digest("t"), "t", 2L, null, TrustClass.BRANCH, DAY.minusMinutes(1), "trash-20261129-t");
        Entered old = Entries.entry(
                Kind.TRASH, digest("u"), "u", 2L, null, TrustClass.BRANCH, DAY.plusMinutes(1), "trash-20261129-u");
        Entered back = Entries.entry(
                Kind.TRASH, digest("v"), "v", 2L, null, TrustClass.BRANCH, DAY.multipliedBy(900), "pr-2-a");
        assertThat(of(young, Map.of())).isInstanceOf(Kept.class);
        assertThat(of(old, Map.of())).isInstanceOf(Expired.class);
        assertThat(of(back, Map.of())).isInstanceOf(Kept.class);
    }

    @Test
    void hostilePatternIsQuickOrRefused() {
        assertThat(KeepPattern.of("(a+)+$").keeps("registry/" + "a".repeat(50_000) + "!", "x"))
                .isFalse();
        assertThat(KeepPattern.of("team/a\\.b:v").keeps("registry/team/a.b", "v1"))
                .isTrue();
        assertThat(KeepPattern.of("team/a\\.b:v").keeps("registry/team/aXb", "v1"))
                .isFalse();
        assertThat(KeepPattern.NONE.keeps("", "")).isFalse();
        assertThatThrownBy(() -> KeepPattern.of("(?=x)y")).hasMessageContaining("RE2");
        assertThatThrownBy(() -> KeepPattern.of("x".repeat(1001))).hasMessageContaining("1000");
    }
}
