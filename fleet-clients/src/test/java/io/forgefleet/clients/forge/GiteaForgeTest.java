package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.release.ReleaseNotes;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.clients.forge.release.Releases;
import io.forgefleet.clients.git.CommitSubject;
import io.forgefleet.clients.git.GitMirrors;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Override
    boolean publishesDraftsOfPushedTags() {
        return true;
    }

    /** Hostile authors of commits get no link, mention, image or HTML into the notes that the forge shows. */
    @Test
    void whatAuthorsOfCommitsWroteStaysText() throws Exception {
        CommitId commit = new CommitId("1".repeat(40));
        List<CommitSubject> changes = ReleaseNotesTest.HOSTILE.stream()
                .map(subject -> new CommitSubject(commit, subject))
                .toList();
        String notes = new ReleaseNotes(Optional.of("v1"), changes, List.of(), List.of(), List.of()).markdown();
        String html = ((GiteaSample) sample).rendered(notes);
        assertThat(html).contains("<code>").contains("alert(1)").doesNotContain("<script", "<img", "<b>", "<h1");
        assertThat(html.replaceAll("href=\"#[^\"]*\"", "")).doesNotContain("href=");
        assertThat(html.split("<li>", -1)).hasSize(changes.size() + 1);
    }

    /** What is asked of it has the forms that it knows: no filter for drafts, forms only for files. */
    @Test
    void releasesOnAForgeThatKnowsLess() throws Exception {
        CommitId commit = sample.tag("v9.0.0", true);
        try (OldForgejo old = new OldForgejo(((GiteaSample) sample).url())) {
            Releases forgejo = ((GiteaSample) sample).openBehind(old).releases();
            ReleasePlan plan = plan(folder(), "v9.0.0", commit, RUN, small("1", "2"));
            assertThat(forgejo.prepare(SampleForge.REPOSITORY, plan).uploaded()).hasSize(2);
            assertThat(forgejo.publish(SampleForge.REPOSITORY, plan).kept()).hasSize(2);
            assertThat(sample.download("v9.0.0", "file-2.txt")).asString(UTF_8).isEqualTo("2");
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
