package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.PullRequestState.State;
import io.forgefleet.events.run.CommitStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What every forge does, whatever its kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ForgeConformance {

    private static final String URL = "http://fleet.example/runs/1";

    SampleForge sample;
    Forge forge;

    abstract SampleForge sample(Path folder) throws Exception;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sample = sample(folder);
        forge = sample.open(true);
    }

    @AfterAll
    void stop() {
        if (sample != null) {
            sample.close();
        }
    }

    PullRequestState pull(long number) throws Exception {
        return forge.pullRequest(SampleForge.REPOSITORY, number);
    }

    @Test
    void readsPullRequests() throws Exception {
        assertThat(pull(sample.open()))
                .isEqualTo(new PullRequestState(sample.open(), State.OPEN, sample.head(), "main", false, false));
        assertThat(pull(sample.draft()).draft()).isTrue();
        assertThat(pull(sample.closed()).state()).isEqualTo(State.CLOSED);
        assertThat(pull(sample.merged()).state()).isEqualTo(State.MERGED);
        assertThat(pull(sample.fromFork()).fork()).isTrue();
    }

    @Test
    void postsEveryStateAndTheSameTwice() throws Exception {
        CommitStatus.State[] states = {
            CommitStatus.State.PENDING,
            CommitStatus.State.FAILURE,
            CommitStatus.State.FAILURE,
            CommitStatus.State.SUCCESS,
            CommitStatus.State.ERROR
        };
        for (CommitStatus.State state : states) {
            forge.postStatus(
                    SampleForge.REPOSITORY,
                    sample.head(),
                    new StatusPost("forgefleet/image", state, "does & says ü", URL, "refs/heads/topic"));
        }
        assertThat(sample.statuses())
                .contains(
                        "forgefleet/image pending does & says ü " + URL,
                        "forgefleet/image failure does & says ü " + URL,
                        "forgefleet/image success does & says ü " + URL);
        assertThat(sample.statuses().getLast()).matches("forgefleet/image (error|failure) .*");
    }

    @Test
    void cutsADescriptionThatIsTooLong() throws Exception {
        forge.postStatus(
                SampleForge.REPOSITORY,
                sample.head(),
                new StatusPost("long", CommitStatus.State.SUCCESS, "x".repeat(500), URL, null));
        assertThat(sample.statuses()).anyMatch(status -> status.startsWith("long success xxx"));
    }

    @Test
    void saysThatAPullRequestIsNotThere() {
        assertThatThrownBy(() -> pull(99_999))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining("99999 of forge/team/app");
    }

    @Test
    void saysThatTheTokenIsWrong() {
        Forge stranger = sample.open(false);
        assertThatThrownBy(() -> stranger.postStatus(
                        SampleForge.REPOSITORY,
                        sample.head(),
                        new StatusPost("c", CommitStatus.State.SUCCESS, "d", URL, null)))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED))
                .hasMessageNotContaining("another-secret");
    }
}
