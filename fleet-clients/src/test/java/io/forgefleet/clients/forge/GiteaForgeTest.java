package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.git.GitMirrors;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GiteaForgeTest extends ForgeConformance {

    @Override
    SampleForge sample(Path folder) throws Exception {
        return new GiteaSample(folder);
    }

    @Test
    void offersThePullRequestsHeadToGit(@TempDir Path folder) throws Exception {
        try (GitMirrors mirrors = new GitMirrors(folder, Duration.ofSeconds(20))) {
            RemoteRefs refs = mirrors.refs(forge.remote(SampleForge.REPOSITORY));
            assertThat(refs.defaultBranch()).contains("refs/heads/main");
            assertThat(refs.head("refs/pull/" + sample.open() + "/head")).contains(sample.head());
            String ref = "refs/pull/" + sample.fromFork() + "/head";
            CommitId head = pull(sample.fromFork()).head();
            assertThat(mirrors.of(SampleForge.REPOSITORY, forge.remote(SampleForge.REPOSITORY))
                            .fetch(ref, head))
                    .contains(head);
        }
    }

    /** Forgejo resets a branch by nothing but deleting it, which must not cost the pull request. */
    @Test
    void updatesThePullRequestOfAForgeWithoutForcePush() throws Exception {
        try (OldForgejo old = new OldForgejo(((GiteaSample) sample).url())) {
            Forge forgejo = ((GiteaSample) sample).openBehind(old);
            ProposedPullRequest first = propose(forgejo, "1");
            ProposedPullRequest second = propose(forgejo, "2");
            assertThat(first.result()).isEqualTo(ProposedPullRequest.Result.OPENED);
            assertThat(second)
                    .isEqualTo(
                            new ProposedPullRequest(first.number(), first.url(), ProposedPullRequest.Result.UPDATED));
            assertThat(pull(first.number()).state()).isEqualTo(PullRequestState.State.OPEN);
            assertThat(sample.log("forgefleet/old")).hasSize(sample.log("main").size() + 1);
        }
    }

    private static ProposedPullRequest propose(Forge forgejo, String text) throws Exception {
        CommitId head = forgejo.tree(SampleForge.REPOSITORY, "main").commit();
        Map<String, byte[]> files = Map.of("old.yml", text.getBytes(UTF_8));
        return forgejo.propose(
                        SampleForge.REPOSITORY,
                        new Proposal("main", head, "forgefleet/old", "Pin", "Pin " + text, "b", files))
                .orElseThrow();
    }
}
