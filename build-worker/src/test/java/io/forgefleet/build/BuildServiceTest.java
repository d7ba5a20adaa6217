package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.LedgerEntry;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildServiceTest {

    private static final String PLAIN = "FROM scratch\nCOPY hello /hello\n";
    /** Differs from run to run of the tests, since the engine remembers the steps of earlier ones. */
    private static final String RUNS = "FROM scratch\nCOPY busybox /bin/busybox\nENV NONCE=" + System.nanoTime() + "\n";

    @TempDir
    static Path folder;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site(folder, "secrets: {token: \"${env:SECRET}\"}");
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void aPushEndsAsAnImageWithItsTagLabelsAndDigest() throws Exception {
        Clone clone = site.repository("pushed").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId commit = clone.push("feature/Add_New-Feature");
        PushEvent event = Site.pushed("pushed", "feature/Add_New-Feature", commit);

        RunState state = site.build(event);

        String tag = "feature-add-new-feature-" + commit.sha7();
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(Site.outcome(state).message())
                .matches("pushed " + tag + " \\(1 image, \\d+% cached\\) in \\d+\\.\\d s");
        Manifest manifest = site.manifest("pushed", tag);
        assertThat(state.images())
                .containsExactly(new PushedImage(
                        "image", site.registry.address() + "/team/pushed", tag, manifest.digest(), false));
        assertThat(manifest.isIndex()).isFalse();
        assertThat(site.client.labels("team/pushed", manifest))
                .containsEntry("org.opencontainers.image.revision", commit.value())
                .containsEntry("org.opencontainers.image.source", site.forge.url() + "/team/pushed")
                .containsEntry("org.opencontainers.image.created", "2023-11-14T22:13:20Z")
                .containsEntry("org.opencontainers.image.version", tag)
                .containsEntry("io.forgefleet.branch", "feature/Add_New-Feature")
                .doesNotContainKey("io.forgefleet.run");
        assertThat(manifest.annotations())
                .containsEntry("org.opencontainers.image.revision", commit.value())
                .containsEntry("io.forgefleet.run", Site.run(event).value())
                .containsEntry("io.forgefleet.trust", "branch");
        assertThat(site.ledgerOf(Site.run(event)))
                .extracting(LedgerEntry::kind, LedgerEntry::trust)
                .contains(tuple(LedgerEntry.Kind.IMAGE, TrustClass.BRANCH));
        assertThat(site.client.tags("team/pushed", 10))
                .anyMatch(each -> each.startsWith("buildcache-branch-feature-add-new-feature-"));
        assertThat(site.ledgerOf(Site.run(event))).extracting(LedgerEntry::kind).contains(LedgerEntry.Kind.CACHE);
    }

    @Test
    void theSameCommitAgainReusesItsDigest() throws Exception {
        Clone clone = site.repository("again").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId commit = clone.push("next");
        RunState first = site.build(Site.pushed("again", "next", commit));
        RunState second = site.build(Site.pushed("again", "next", commit));

        assertThat(Site.outcome(second).message()).isEqualTo("next-" + commit.sha7() + " was there already (1 image)");
        assertThat(second.images().getFirst().digest())
                .isEqualTo(first.images().getFirst().digest());
        assertThat(second.images().getFirst().reused()).isTrue();
        assertThat(site.ledgerOf(second.run())).hasSize(1);
    }

    @Test
    void twoRunsOfOneTagAtOnceBuildOnce() throws Exception {
        Clone clone = site.repository("twice").withBusybox();
        clone.write("Dockerfile", RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"1\"]\n");
        CommitId commit = clone.push("next");
        PushEvent one = Site.pushed("twice", "next", commit);
        PushEvent other = Site.pushed("twice", "next", commit);
        site.publish(one);
        site.publish(other);

        assertThat(List.of(site.ended(Site.run(one)), site.ended(Site.run(other))))
                .extracting(state -> state.images().getFirst().reused())
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aPullRequestGetsItsNumber() throws Exception {
        Clone clone = site.repository("pulled").write("hello", "1").write("Dockerfile", PLAIN);
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        site.forge.openPullRequest("team/pulled", site.forge.account("team"), "Feature", "feature", "main");
        PullRequestEvent event = Site.opened("pulled", 1, head, false);

        assertThat(Site.outcome(site.build(event)).reason()).isEqualTo(Reason.SUCCEEDED);
        Manifest manifest = site.manifest("pulled", "pr-1-" + head.sha7());
        assertThat(site.client.labels("team/pulled", manifest)).containsEntry("io.forgefleet.pull-request", "1");
    }

    @Test
    void aPullRequestThatWasClosedIsNotBuilt() throws Exception {
        Clone clone = site.repository("closed").write("hello", "1").write("Dockerfile", PLAIN);
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        site.forge.openPullRequest("team/closed", site.forge.account("team"), "Feature", "feature", "main");
        site.forge.closePullRequest("team/closed", site.forge.account("team"), 1);
        RunState state = site.build(Site.opened("closed", 1, head, false));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.CLOSED);
        assertThat(Site.outcome(state).message()).isEqualTo("#1 is closed");
    }

    @Test
    void aPullRequestMergedWhileItIsBuiltIsNotPushed() throws Exception {
        Clone clone = site.repository("merged").withBusybox();
        clone.write("Dockerfile", RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"2\"]\n");
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        site.forge.openPullRequest("team/merged", site.forge.account("team"), "Feature", "feature", "main");
        PullRequestEvent event = Site.opened("merged", 1, head, false);
        site.publish(event);
        await().until(() -> site.log(Site.run(event)).contains("sleep"));
        site.forge.mergePullRequest("team/merged", site.forge.account("team"), 1);
        assertThat(Site.outcome(site.ended(Site.run(event))).reason()).isEqualTo(Reason.CLOSED);
        assertThat(site.tags("merged")).isEmpty();
    }

    @Test
    void pullRequestsOfForksAreRefused() throws Exception {
        Clone clone = site.repository("forked").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId head = clone.push("main");
        RunState state = site.build(Site.opened("forked", 1, head, true));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SKIPPED);
        assertThat(Site.outcome(state).message()).contains("forks").hasSizeLessThanOrEqualTo(140);
        assertThat(site.tags("forked")).isEmpty();
    }

    @Test
    void aBrokenDockerfileIsAnOutcomeWithItsLastLinesAndNoRetry() throws Exception {
        Clone clone = site.repository("broken").withBusybox();
        clone.write(
                "Dockerfile", RUNS + "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo something is amiss; exit 3\"]\n");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("broken", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).message())
                .startsWith("image failed at [")
                .endsWith("exit code: 3");
        assertThat(Site.outcome(state).lastLines()).contains("something is amiss");
        assertThat(state.attempt()).isEqualTo(1);
        assertThat(site.tags("broken")).isEmpty();
    }

    @Test
    void secretsOfBuildsAreNotInTheLog() throws Exception {
        Clone clone = site.repository("secret").withBusybox();
        clone.write(
                "Dockerfile",
                RUNS + "RUN --mount=type=secret,id=token [\"/bin/busybox\", \"cat\", \"/run/secrets/token\"]\n");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("secret", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(site.log(state.run())).contains("•••").doesNotContain("hunter2");
    }

    @Test
    void aCommitThatIsNoLongerTheHeadIsSuperseded() throws Exception {
        Clone clone = site.repository("old").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId old = clone.push("next");
        CommitId head = clone.write("hello", "2").push("next");
        RunState state = site.build(Site.pushed("old", "next", old));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(Site.outcome(state).message()).isEqualTo("next is at " + head.sha7() + " now");

        assertThat(Site.outcome(site.replay(Site.pushed("old", "next", old), false))
                        .reason())
                .isEqualTo(Reason.SUCCEEDED);
    }

    @Test
    void aCommitSupersededWhileItIsBuiltIsNotPushed() throws Exception {
        Clone clone = site.repository("overtaken").withBusybox();
        clone.write("Dockerfile", RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"3\"]\n");
        PushEvent event = Site.pushed("overtaken", "next", clone.push("next"));
        site.publish(event);
        await().until(() -> site.log(Site.run(event)).contains("sleep"));
        clone.write("more", "1").push("next");
        assertThat(Site.outcome(site.ended(Site.run(event))).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(site.tags("overtaken")).isEmpty();
    }

    @Test
    void aTagOfAnotherCommitIsNeverMovedButTheShaGrows() throws Exception {
        Clone clone = site.repository("collision").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId first = clone.push("next");
        site.build(Site.pushed("collision", "next", first));
        CommitId second = clone.write("hello", "2").push("next");
        Manifest others = site.manifest("collision", "next-" + first.sha7());
        site.client.tag("team/collision", others, "next-" + second.sha7());

        RunState state = site.build(Site.pushed("collision", "next", second));

        assertThat(state.images().getFirst().tag()).isEqualTo("next-" + second.abbreviated(8));
        assertThat(site.manifest("collision", "next-" + second.sha7()).digest()).isEqualTo(others.digest());
    }

    @Test
    void latestFollowsTheDefaultBranchAndNeverMovesBack() throws Exception {
        Clone clone = site.repository("latest").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId first = clone.push("main");
        PushEvent older = Site.pushed("latest", "main", first);
        site.build(older);
        assertThat(revision("latest", "latest")).isEqualTo(first.value());
        CommitId second = clone.write("hello", "2").push("main");
        RunState newer = site.build(Site.pushed("latest", "main", second));
        assertThat(revision("latest", "latest")).isEqualTo(second.value());
        assertThat(site.ledgerOf(newer.run()))
                .last()
                .matches(entry -> entry.tags().contains("latest") || entry.kind() == LedgerEntry.Kind.CACHE);

        RunState rebuilt = site.replay(older, true);

        assertThat(rebuilt.images().getFirst().tag()).isEqualTo("sha-" + first.sha7() + "-r2");
        assertThat(revision("latest", "latest")).isEqualTo(second.value());
        assertThat(site.tags("latest"))
                .containsExactlyInAnyOrder(
                        "latest", "sha-" + first.sha7(), "sha-" + first.sha7() + "-r2", "sha-" + second.sha7());
    }

    @Test
    void latestStaysAheadAlsoOfWhereNoImageOfTheBranchIs() throws Exception {
        Clone clone = site.repository("ahead").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId first = clone.push("main");
        PushEvent older = Site.pushed("ahead", "main", first);
        site.build(older);
        CommitId second = clone.write("hello", "2").push("next");
        site.build(Site.pushed("ahead", "next", second));
        clone.push("main");
        site.client.tag("team/ahead", site.manifest("ahead", "next-" + second.sha7()), "latest");

        site.replay(older, false);

        assertThat(revision("ahead", "latest")).isEqualTo(second.value());
    }

    @Test
    void latestLeavesACommitThatAForcedPushTookFromTheBranch() throws Exception {
        Clone clone = site.repository("forced").write("hello", "1").write("Dockerfile", PLAIN);
        clone.push("main");
        CommitId dropped = clone.write("hello", "2").push("main");
        site.build(Site.pushed("forced", "main", dropped));
        assertThat(revision("forced", "latest")).isEqualTo(dropped.value());
        clone.git("reset", "-q", "--hard", "HEAD~1");
        CommitId instead = clone.write("hello", "3").push("main");
        site.build(Site.pushed("forced", "main", instead));
        assertThat(revision("forced", "latest")).isEqualTo(instead.value());
    }

    @Test
    void severalPlatformsAreOneIndexThatIsReusedAsWell() throws Exception {
        Clone clone = site.repository("platforms").write("hello", "1").write("Dockerfile", PLAIN);
        clone.write(".forgefleet.yml", "images: [{name: app, platforms: [linux/amd64, linux/arm64]}]\n");
        CommitId commit = clone.push("next");
        RunState first = site.build(Site.pushed("platforms", "next", commit));
        assertThat(Site.outcome(first).reason()).isEqualTo(Reason.SUCCEEDED);
        Manifest index = site.manifest("platforms", "next-" + commit.sha7());
        assertThat(index.isIndex()).isTrue();
        assertThat(index.digest()).isEqualTo(first.images().getFirst().digest());
        RunState second = site.build(Site.pushed("platforms", "next", commit));
        assertThat(second.images().getFirst().digest()).isEqualTo(index.digest());
        assertThat(site.tags("platforms")).hasSize(1);
    }

    @Test
    void latestThatWasSetBackIsPutRight() throws Exception {
        Clone clone = site.repository("late").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId first = clone.push("main");
        PushEvent older = Site.pushed("late", "main", first);
        site.build(older);
        CommitId second = clone.write("hello", "2").push("main");
        site.build(Site.pushed("late", "main", second));
        site.client.tag("team/late", site.manifest("late", "sha-" + first.sha7()), "latest");

        site.replay(older, false);

        assertThat(revision("late", "latest")).isEqualTo(second.value());
    }

    @Test
    void aRebuildGetsATagOfItsOwn() throws Exception {
        Clone clone = site.repository("rebuilt").write("hello", "1").write("Dockerfile", PLAIN);
        CommitId commit = clone.push("next");
        PushEvent event = Site.pushed("rebuilt", "next", commit);
        site.build(event);
        site.replay(event, true);
        site.replay(event, true);
        String tag = "next-" + commit.sha7();
        assertThat(site.tags("rebuilt")).containsExactly(tag, tag + "-r2", tag + "-r3");
    }

    @Test
    void aRepositoryFileDeclaresSeveralImages() throws Exception {
        Clone clone = site.repository("several").write("hello", "1").write("Dockerfile", PLAIN);
        clone.write("sub/Dockerfile.server", "FROM scratch\nCOPY hello /hello\nLABEL x=y\n");
        clone.write(".forgefleet.yml", "images:\n- {name: cli}\n- {name: server, dockerfile: sub/Dockerfile.server}\n");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("several", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(state.images())
                .extracting(PushedImage::repository)
                .containsExactly(
                        site.registry.address() + "/team/several/cli",
                        site.registry.address() + "/team/several/server");
        assertThat(site.tags("several/server")).containsExactly("next-" + commit.sha7());
    }

    @Test
    void aMalformedRepositoryFileFailsWithAllItsErrors() throws Exception {
        Clone clone = site.repository("malformed").write("Dockerfile", PLAIN);
        clone.write(".forgefleet.yml", "images:\n- {name: UPPER, dockerfile: ../x}\n");
        RunState state = site.build(Site.pushed("malformed", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).lastLines()).hasSize(2);
    }

    @Test
    void aRepositoryWithoutADockerfileHasNothingToBuild() throws Exception {
        Clone clone = site.repository("empty").write("README", "");
        RunState state = site.build(Site.pushed("empty", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SKIPPED);
    }

    @Test
    void protectedBuildsTakeNoStepThatABranchLeft() throws Exception {
        assumeTrue(Files.exists(Path.of("/bin/busybox")), "no busybox-static: apt-get install busybox-static");
        Clone clone = site.repository("guarded").withBusybox();
        clone.write("Dockerfile", RUNS + "RUN [\"/bin/busybox\", \"echo\", \"guarded\"]\n");
        CommitId commit = clone.push("next");
        site.build(Site.pushed("guarded", "next", commit));
        clone.git("checkout", "-q", "-b", "again");
        RunState warm = site.build(Site.pushed("guarded", "again", clone.push("again")));
        assertThat(Site.outcome(warm).message()).contains("100% cached");
        RunState clean = site.build(Site.pushed("guarded", "main", clone.push("main")));
        assertThat(Site.outcome(clean).message()).contains(" 0% cached");
    }

    private static String revision(String repository, String tag) throws Exception {
        return site.manifest(repository, tag).annotations().getOrDefault("org.opencontainers.image.revision", "");
    }
}
