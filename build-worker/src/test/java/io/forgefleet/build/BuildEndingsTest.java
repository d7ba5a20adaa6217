package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.repository.Account;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs that end without an image. */
@ExtendWith(SharedSite.class)
class BuildEndingsTest {

    private final Site site;

    BuildEndingsTest(Site site) {
        this.site = site;
    }

    @Test
    void aPullRequestThatWasClosedIsNotBuilt() throws Exception {
        Clone clone = site.repository("closed").write("hello", "1").write("Dockerfile", Site.PLAIN);
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
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"2\"]\n");
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
    void pullRequestsOfForksAreRefusedWhereNoBuilderIsForThem() throws Exception {
        Clone clone = site.repository("forked").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        Account stranger = site.forge.account("stranger");
        site.forge.fork("team/forked", stranger);
        site.forge.openPullRequest("team/forked", stranger, "Theirs", "stranger:feature", "main");
        RunState state = site.build(Site.opened("forked", 1, head, true));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SKIPPED);
        assertThat(Site.outcome(state).message())
                .contains("no builder takes builds of class fork")
                .hasSizeLessThanOrEqualTo(140);
        assertThat(site.tags("forked")).isEmpty();
    }

    @Test
    void aBrokenDockerfileIsAnOutcomeWithItsLastLinesAndNoRetry() throws Exception {
        Clone clone = site.repository("broken").withBusybox();
        clone.write(
                "Dockerfile",
                Site.RUNS + "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo something is amiss; exit 3\"]\n");
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
    void aCommitThatIsNoLongerTheHeadIsSuperseded() throws Exception {
        Clone clone = site.repository("old").write("hello", "1").write("Dockerfile", Site.PLAIN);
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
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"8\"]\n");
        PushEvent event = Site.pushed("overtaken", "next", clone.push("next"));
        site.publish(event);
        await().until(() -> site.log(Site.run(event)).contains("sleep"));
        clone.write("more", "1").push("next");
        assertThat(Site.outcome(site.ended(Site.run(event))).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(site.tags("overtaken")).isEmpty();
    }

    @Test
    void aMalformedRepositoryFileFailsWithAllItsErrors() throws Exception {
        Clone clone = site.repository("malformed").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images:\n- {name: UPPER, dockerfile: ../x}\n");
        RunState state = site.build(Site.pushed("malformed", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).lastLines()).hasSize(2);
    }

    @Test
    void aRepositoryWithoutADockerfileHasNothingToBuild() throws Exception {
        Clone clone = site.repository("empty").write("README", "");
        RunState state = site.build(Site.pushed("empty", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
    }
}
