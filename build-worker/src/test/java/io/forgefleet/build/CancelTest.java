package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs that become worthless while they build. A step that sleeps for a number of seconds of its own shows whether BuildKit works. */
@ExtendWith(SharedSite.class)
class CancelTest {

    /** Three times the two seconds that the fleet promises. */
    private static final Duration IN_TIME = Duration.ofSeconds(6);

    private final Site site;
    private final String seconds = Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000L, 2_000_000_000L));

    CancelTest(Site site) {
        this.site = site;
    }

    @Test
    void aNewerPushEndsTheBuildOfTheOlderOneInBuildKitToo() throws Exception {
        Clone clone = sleeper("cancel-newer");
        PushEvent older = Site.pushed("cancel-newer", "feature", clone.push("feature"));
        site.publish(older);
        await().until(this::isBuilding);
        CommitId newest =
                clone.write("hello", "2").write("Dockerfile", Site.PLAIN).push("feature");
        PushEvent newer = Site.pushed("cancel-newer", "feature", newest);
        site.publish(newer);

        await().atMost(IN_TIME).until(() -> !isBuilding());
        RunState end = site.ended(Site.run(older));
        assertThat(Site.outcome(end).reason()).isEqualTo(Reason.SUPERSEDED);
        assertThat(Site.outcome(end).message()).isEqualTo("feature is at " + newest.sha7() + " now");
        assertThat(Site.outcome(site.ended(Site.run(newer))).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(site.tags("cancel-newer")).containsExactly("feature-" + newest.sha7());
        assertThat(statesOf(end)).endsWith(RunState.Phase.ENDED).containsOnlyOnce(RunState.Phase.ENDED);
    }

    @Test
    void aPullRequestThatIsClosedEndsItsBuild() throws Exception {
        Clone clone = sleeper("cancel-closing");
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        site.forge.openPullRequest("team/cancel-closing", site.forge.account("team"), "Feature", "feature", "main");
        PullRequestEvent opened = Site.opened("cancel-closing", 1, head, false);
        site.publish(opened);
        await().until(this::isBuilding);
        site.forge.closePullRequest("team/cancel-closing", site.forge.account("team"), 1);
        site.publish(Site.closed(opened));

        await().atMost(IN_TIME).until(() -> !isBuilding());
        RunState end = site.ended(Site.run(opened));
        assertThat(Site.outcome(end).reason()).isEqualTo(Reason.CLOSED);
        assertThat(Site.outcome(end).message()).isEqualTo("#1 is closed");
        assertThat(site.tags("cancel-closing")).isEmpty();
    }

    @Test
    void anEventThatTheForgeDoesNotBearOutEndsNothing() throws Exception {
        Clone clone = shortSleeper("cancel-late");
        CommitId before = clone.push("feature");
        CommitId head = clone.write("hello", "2").push("feature");
        PushEvent event = Site.pushed("cancel-late", "feature", head);
        site.publish(event);
        await().until(() -> site.log(Site.run(event)).contains("sleep"));
        // of the push before, and late
        site.publish(Site.pushed("cancel-late", "feature", before));
        assertThat(Site.outcome(site.ended(Site.run(event))).reason()).isEqualTo(Reason.SUCCEEDED);
    }

    @Test
    void aProtectedBranchThatHasBegunIsBuiltToItsEnd() throws Exception {
        Clone clone = shortSleeper("cancel-guarded");
        CommitId first = clone.push("main");
        PushEvent event = Site.pushed("cancel-guarded", "main", first);
        site.publish(event);
        await().until(() -> site.log(Site.run(event)).contains("sleep"));
        CommitId second = clone.write("hello", "2").push("main");
        PushEvent newer = Site.pushed("cancel-guarded", "main", second);
        site.publish(newer);
        assertThat(Site.outcome(site.ended(Site.run(event))).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(Site.outcome(site.ended(Site.run(newer))).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(site.tags("cancel-guarded")).contains("sha-" + first.sha7(), "sha-" + second.sha7());
    }

    private Clone sleeper(String repository) throws Exception {
        return sleeping(repository, seconds);
    }

    private Clone shortSleeper(String repository) throws Exception {
        return sleeping(repository, "3");
    }

    private Clone sleeping(String repository, String time) throws Exception {
        Clone clone = site.repository(repository).withBusybox();
        return clone.write("hello", "1")
                .write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"" + time + "\"]\n");
    }

    /** Whether the step's process is there, seen from the engine's machine. */
    private boolean isBuilding() {
        return ProcessHandle.allProcesses().anyMatch(process -> process.info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(seconds))
                .orElse(false));
    }

    private List<RunState.Phase> statesOf(RunState run) {
        return site.history.stream()
                .filter(state -> state.run().equals(run.run()))
                .map(RunState::phase)
                .toList();
    }
}
