package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.git.GitMirrors;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import java.nio.file.Path;
import java.time.Duration;
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
            assertThat(refs.head(forge.headRefOf(sample.open()))).contains(sample.head());
            String ref = forge.headRefOf(sample.fromFork());
            CommitId head = pull(sample.fromFork()).head();
            assertThat(mirrors.of(SampleForge.REPOSITORY, forge.remote(SampleForge.REPOSITORY))
                            .fetch(ref, head))
                    .contains(head);
        }
    }
}
