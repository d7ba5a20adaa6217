package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedSite.class)
class LatestTest {

    private final Site site;

    LatestTest(Site site) {
        this.site = site;
    }

    @Test
    void latestFollowsTheDefaultBranchAndNeverMovesBack() throws Exception {
        Clone clone = site.repository("latest").write("hello", "1").write("Dockerfile", Site.PLAIN);
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
        Clone clone = site.repository("ahead").write("hello", "1").write("Dockerfile", Site.PLAIN);
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
        Clone clone = site.repository("forced").write("hello", "1").write("Dockerfile", Site.PLAIN);
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
    void latestThatWasSetBackIsPutRight() throws Exception {
        Clone clone = site.repository("late").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId first = clone.push("main");
        PushEvent older = Site.pushed("late", "main", first);
        site.build(older);
        CommitId second = clone.write("hello", "2").push("main");
        site.build(Site.pushed("late", "main", second));
        site.client.tag("team/late", site.manifest("late", "sha-" + first.sha7()), "latest");

        site.replay(older, false);

        assertThat(revision("late", "latest")).isEqualTo(second.value());
    }

    private String revision(String repository, String tag) throws Exception {
        return site.manifest(repository, tag).annotations().getOrDefault("org.opencontainers.image.revision", "");
    }
}
