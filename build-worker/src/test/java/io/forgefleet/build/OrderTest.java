package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.RefName;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events that come late, twice, and in the wrong order: the end is what the forge shows. */
@ExtendWith(SharedSite.class)
class OrderTest {

    private final Site site;

    OrderTest(Site site) {
        this.site = site;
    }

    @Test
    void aSynchronizeBeforeItsOpenedLeavesTheNewestImageOnly() throws Exception {
        Clone clone = pull("order-sync");
        CommitId first = clone.push("feature");
        site.forge.openPullRequest("team/order-sync", site.forge.account("team"), "F", "feature", "main");
        CommitId second = clone.write("hello", "3").push("feature");
        RunState synchronize = site.build(event("order-sync", Action.SYNCHRONIZED, second, "main"));
        RunState opened = site.build(event("order-sync", Action.OPENED, first, "main"));
        assertThat(Site.outcome(synchronize).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(Site.outcome(opened))
                .isEqualTo(Outcome.of(Reason.SUPERSEDED, "pull/1/head is at " + second.sha7() + " now"));
        assertThat(site.tags("order-sync")).containsExactly("pr-1-" + second.sha7());
    }

    @Test
    void aSynchronizeAfterItsClosedBuildsNothing() throws Exception {
        Clone clone = pull("order-closed");
        clone.push("feature");
        site.forge.openPullRequest("team/order-closed", site.forge.account("team"), "F", "feature", "main");
        CommitId second = clone.write("hello", "3").push("feature");
        site.forge.closePullRequest("team/order-closed", site.forge.account("team"), 1);
        RunState late = site.build(event("order-closed", Action.SYNCHRONIZED, second, "main"));
        assertThat(Site.outcome(late)).isEqualTo(Outcome.of(Reason.CLOSED, "#1 is closed"));
        assertThat(site.tags("order-closed")).isEmpty();
    }

    @Test
    void aPullRequestThatIsOpenedAgainGetsItsImage() throws Exception {
        Clone clone = pull("order-reopened");
        CommitId head = clone.push("feature");
        site.forge.openPullRequest("team/order-reopened", site.forge.account("team"), "F", "feature", "main");
        site.forge.closePullRequest("team/order-reopened", site.forge.account("team"), 1);
        assertThat(Site.outcome(site.build(event("order-reopened", Action.OPENED, head, "main")))
                        .reason())
                .isEqualTo(Reason.CLOSED);
        site.forge.reopenPullRequest("team/order-reopened", site.forge.account("team"), 1);
        assertThat(Site.outcome(site.build(event("order-reopened", Action.REOPENED, head, "main")))
                        .reason())
                .isEqualTo(Reason.SUCCEEDED);
        assertThat(site.tags("order-reopened")).containsExactly("pr-1-" + head.sha7());
    }

    @Test
    void aBranchThatIsForcedBackTakesTheImageThatIsThere() throws Exception {
        Clone clone = pull("order-back");
        CommitId first = clone.push("feature");
        RunState built = site.build(Site.pushed("order-back", "feature", first));
        CommitId second = clone.write("hello", "3").push("feature");
        site.build(Site.pushed("order-back", "feature", second));
        clone.git("reset", "-q", "--hard", first.value());
        clone.git("push", "-q", "-f", clone.remote(), "HEAD:refs/heads/feature");
        RunState back = site.build(Site.pushed("order-back", "feature", first));
        assertThat(Site.outcome(back).message()).isEqualTo("feature-" + first.sha7() + " was there already (1 image)");
        assertThat(back.images().getFirst().digest())
                .isEqualTo(built.images().getFirst().digest());
        RunState late = site.build(Site.pushed("order-back", "feature", second));
        assertThat(Site.outcome(late).reason()).isEqualTo(Reason.SUPERSEDED);
    }

    @Test
    void aBaseThatWasChangedIsTheOneThatTheForgeShows() throws Exception {
        Clone clone = pull("order-base");
        clone.push("release");
        CommitId head = clone.write("hello", "3").push("feature");
        site.forge.openPullRequest("team/order-base", site.forge.account("team"), "F", "feature", "release");
        RunState state = site.build(event("order-base", Action.OPENED, head, "a-branch-of-once"));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        RunState retargeted = site.build(event("order-base", Action.RETARGETED, head, "release"));
        assertThat(Site.outcome(retargeted).message()).contains("was there already");
    }

    private Clone pull(String repository) throws Exception {
        Clone clone = site.repository(repository).write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.push("main");
        return clone.write("hello", "2");
    }

    private static PullRequestEvent event(String repository, Action action, CommitId head, String base) {
        return new PullRequestEvent(
                EventId.derive(
                        Site.id(repository),
                        "#1",
                        "",
                        head.value(),
                        "made",
                        UUID.randomUUID().toString()),
                Site.id(repository),
                1,
                action,
                head,
                "feature",
                RefName.branch(base),
                false,
                false,
                "ann",
                Instant.now());
    }
}
