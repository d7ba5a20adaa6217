package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** CI images on a real engine and registry. */
@ExtendWith(SharedSite.class)
class CiImageTest {

    private static final String PROTECTED = "deps-[0-9a-f]{12}";
    private static final String BRANCH = PROTECTED + "-branch";

    private final Site site;

    CiImageTest(Site site) {
        this.site = site;
    }

    @Test
    void theSameInputsAreBuiltOnceWhateverElseACommitChanges() throws Exception {
        Clone clone = repository("ci-once");
        RunState first = pushed(clone, "ci-once", "one");
        PushedImage image = first.images().getFirst();
        assertThat(image.tag()).matches(BRANCH);
        assertThat(image.repository()).endsWith("/team/ci-once/ci");
        assertThat(image.reused()).isFalse();
        assertThat(site.ledgerOf(first.run()))
                .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.IMAGE)
                .last()
                .satisfies(entry -> assertThat(entry.tags()).containsExactly(image.tag()));

        clone.write("src/main.txt", "changed");
        RunState second = pushed(clone, "ci-once", "two");
        assertThat(second.images()).containsExactly(reused(image));
        assertThat(second.steps()).noneMatch(step -> step.name().startsWith("build"));

        clone.write("uv.lock", "2");
        RunState third = pushed(clone, "ci-once", "two");
        assertThat(third.images().getFirst().tag()).matches(BRANCH).isNotEqualTo(image.tag());
        clone.write("uv.lock", "1");
        assertThat(pushed(clone, "ci-once", "two").images()).containsExactly(reused(image));
    }

    /** What goes into an image beside its named inputs may be anything on a branch. */
    @Test
    void theDefaultBranchDoesNotTakeWhatABranchBuilt() throws Exception {
        Clone clone = repository("ci-trust");
        clone.write("ci/extra", "of nobody's review");
        PushedImage ofBranch = pushed(clone, "ci-trust", "topic").images().getFirst();
        assertThat(ofBranch.tag()).matches(BRANCH);

        clone.write("ci/extra", "reviewed");
        PushedImage ofMain = pushed(clone, "ci-trust", "main").images().getFirst();
        assertThat(ofMain.tag()).matches(PROTECTED);
        assertThat(ofMain.reused()).isFalse();
        assertThat(ofMain.tag()).isEqualTo(ofBranch.tag().replace("-branch", ""));
        assertThat(ofMain.digest()).isNotEqualTo(ofBranch.digest());
        assertThat(site.manifest("ci-trust/ci", ofMain.tag()).annotations())
                .containsEntry("io.forgefleet.trust", "protected");

        clone.write("src/main.txt", "changed");
        assertThat(pushed(clone, "ci-trust", "another").images())
                .as("a branch takes what the default branch built")
                .containsExactly(reused(ofMain));
    }

    @Test
    void twoBranchesAtOnceBuildItOnce() throws Exception {
        Clone clone = repository("ci-race");
        PushEvent left = Site.pushed("ci-race", "left", clone.push("left"));
        PushEvent right =
                Site.pushed("ci-race", "right", clone.write("src/main.txt", "r").push("right"));
        site.publish(left);
        site.publish(right);
        List<RunState> both = List.of(site.ended(Site.ciRun(left)), site.ended(Site.ciRun(right)));
        assertThat(both)
                .flatExtracting(RunState::images)
                .extracting(PushedImage::reused)
                .containsExactlyInAnyOrder(true, false);
        assertThat(both)
                .flatExtracting(RunState::images)
                .extracting(PushedImage::digest)
                .containsOnly(both.getFirst().images().getFirst().digest());
    }

    @Test
    void aRebuildOnDemandIsWhatLaterCommitsTake() throws Exception {
        Clone clone = repository("ci-rebuilt");
        CommitId commit = clone.push("main");
        PushEvent event = Site.pushed("ci-rebuilt", "main", commit);
        String tag = site.ciImages(event).images().getFirst().tag();

        RunState rebuilt = site.replay(event, "ci-images/ci", true);
        assertThat(Site.outcome(rebuilt).reason())
                .as(Site.outcome(rebuilt).message())
                .isEqualTo(Reason.SUCCEEDED);
        PushedImage image = rebuilt.images().getFirst();
        assertThat(image.tag()).isEqualTo(tag + "-r2");
        assertThat(image.reused()).isFalse();

        clone.write("src/main.txt", "changed");
        assertThat(pushed(clone, "ci-rebuilt", "main").images()).containsExactly(reused(image));

        RunState unknown = site.replay(event, "ci-images/nothing", true);
        assertThat(Site.outcome(unknown).message()).isEqualTo("this commit declares no CI image nothing, but ci");
    }

    @Test
    void aStrangersPullRequestMakesNone() throws Exception {
        Clone clone = repository("ci-fork");
        clone.push("main");
        CommitId head =
                clone.write("ci/Dockerfile", Site.PLAIN + "LABEL evil=1\n").push("feature");
        site.forge.openPullRequest("team/ci-fork", site.forge.account("team"), "Feature", "feature", "main");
        RunState run = site.replay(Site.opened("ci-fork", 1, head, true), "ci-images", false);
        assertThat(Site.outcome(run).reason()).isEqualTo(Reason.SKIPPED);
        assertThat(Site.outcome(run).message()).isEqualTo("a stranger's pull request makes no CI images");
    }

    private RunState pushed(Clone clone, String repository, String branch) throws Exception {
        RunState state = site.ciImages(Site.pushed(repository, branch, clone.push(branch)));
        assertThat(Site.outcome(state).reason())
                .as(Site.outcome(state).message())
                .isEqualTo(Reason.SUCCEEDED);
        return state;
    }

    private static PushedImage reused(PushedImage image) {
        return new PushedImage(image.name(), image.repository(), image.tag(), image.digest(), true);
    }

    private Clone repository(String name) throws Exception {
        return site.repository(name)
                .write("ci/Dockerfile", "FROM scratch\nCOPY ci /ci\nLABEL name=" + name + "\n")
                .write("ci/extra", "x")
                .write("uv.lock", "1")
                .write(".forgefleet.yml", "ciImages: [{name: ci, dockerfile: ci/Dockerfile, rebuildOn: [uv.lock]}]\n");
    }
}
