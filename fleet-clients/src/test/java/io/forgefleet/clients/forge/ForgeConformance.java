package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.PullRequestState.State;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.run.CommitStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every forge does, whatever its kind. */
abstract class ForgeConformance extends ProposalConformance {

    private static final String URL = "http://fleet.example/runs/1";

    PullRequestState pull(long number) throws Exception {
        return forge.pullRequest(SampleForge.REPOSITORY, number);
    }

    @Test
    void readsPullRequests() throws Exception {
        assertThat(pull(sample.open()))
                .isEqualTo(new PullRequestState(
                        sample.open(),
                        State.OPEN,
                        sample.head(),
                        "main",
                        false,
                        false,
                        sample.writers().getFirst(),
                        Set.of("ok to build", "größer")));
        assertThat(pull(sample.merged()).labels()).isEmpty();
        assertThat(pull(sample.draft()).draft()).isTrue();
        assertThat(pull(sample.closed()).state()).isEqualTo(State.CLOSED);
        assertThat(pull(sample.merged()).state()).isEqualTo(State.MERGED);
        assertThat(pull(sample.fromFork()).fork()).isTrue();
    }

    @Test
    void listsWhatIsOpenOverAllPages() throws Exception {
        assertThat(forge.openPullRequests(SampleForge.REPOSITORY))
                .containsEntry(sample.open(), sample.head())
                .containsKeys(sample.draft(), sample.fromFork())
                .doesNotContainKeys(sample.closed(), sample.merged());
    }

    @Test
    void tellsTheNewestChangeOfLabelsAndWhoMadeIt() throws Exception {
        LabelChange added = sample.label(sample.draft(), "approved", true);
        assertThat(labels(sample.draft(), Instant.EPOCH)).contains(added);
        assertThat(labels(sample.draft(), added.at())).contains(added);
        assertThat(labels(sample.draft(), added.at().plusSeconds(1))).isEmpty();
        LabelChange another = sample.label(sample.draft(), "größer", true);
        assertThat(labels(sample.draft(), Instant.EPOCH)).contains(another);
        LabelChange removed = sample.label(sample.draft(), "approved", false);
        assertThat(labels(sample.draft(), Instant.EPOCH)).contains(removed);
        assertThat(removed.added()).isFalse();
        assertThat(labels(sample.fromFork(), Instant.EPOCH)).isEmpty();
    }

    @Test
    void findsTheNewestChangeOfLabelsBehindManyOthers() throws Exception {
        sample.label(sample.closed(), "approved", true);
        sample.manyOthers(sample.closed(), 60);
        LabelChange newest = sample.label(sample.closed(), "größer", true);
        assertThat(labels(sample.closed(), Instant.EPOCH)).contains(newest);
    }

    private Optional<LabelChange> labels(long number, Instant since) throws Exception {
        return forge.lastLabelChange(SampleForge.REPOSITORY, number, since);
    }

    @Test
    void knowsWhoMayWriteInWhateverCaseTheLoginIs() throws Exception {
        for (String writer : sample.writers()) {
            assertThat(forge.mayWrite(SampleForge.REPOSITORY, writer))
                    .as(writer)
                    .isTrue();
            assertThat(forge.mayWrite(SampleForge.REPOSITORY, writer.toUpperCase(Locale.ROOT)))
                    .as(writer)
                    .isTrue();
        }
    }

    @Test
    void whoMayOnlyReadIsNoWriter() throws Exception {
        for (String other : sample.others()) {
            assertThat(forge.mayWrite(SampleForge.REPOSITORY, other)).as(other).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../%s",
                "%s/../%s",
                "x/../%s",
                "%%2e%%2e/%s",
                "%s/permission?",
                "%s?x=",
                "%s#",
                "%s%%20",
                " %s",
                "%s\n",
                "%s\u0000",
                "\u212A%s",
                "%s;x"
            })
    void aHostileLoginIsNobody(String form) throws Exception {
        String login = form.replace("%%", "%").replace("%s", sample.writers().getFirst());
        assertThat(forge.mayWrite(SampleForge.REPOSITORY, login)).isFalse();
    }

    @Test
    void saysWhatTokenMayAskForRights() {
        assertThatThrownBy(() -> sample.openWithLittle()
                        .mayWrite(SampleForge.REPOSITORY, sample.writers().getFirst()))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED))
                .hasMessageContaining("answered 403")
                .hasMessageContaining("give the forge a token");
    }

    @Test
    void aRepositoryThatIsNotThereIsNoMatterOfRights() {
        RepositoryId gone = new RepositoryId("forge", "team/gone");
        assertThatThrownBy(() -> forge.mayWrite(gone, sample.writers().getFirst()))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining("forge/team/gone");
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
