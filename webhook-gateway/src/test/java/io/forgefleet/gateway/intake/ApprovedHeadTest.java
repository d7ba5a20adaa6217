package io.forgefleet.gateway.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.RepositoryId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApprovedHeadTest {

    private static final CommitId KNOWN = new CommitId("a".repeat(40));
    private static final CommitId TOLD = new CommitId("b".repeat(40));
    private static final ApprovedHead HEADS =
            (repository, number) -> number == 7 ? Optional.of(KNOWN) : Optional.empty();

    @Test
    void anApprovalWithoutACommitIsAboutTheHeadBeforeIt() {
        assertThat(HEADS.complete(comment(7, "/ok-to-test", null))).isEqualTo(comment(7, "/ok-to-test", KNOWN));
    }

    @Test
    void whatTheForgeTellsStays() {
        assertThat(HEADS.complete(comment(7, "/ok-to-test", TOLD))).isEqualTo(comment(7, "/ok-to-test", TOLD));
    }

    @Test
    void anUnknownHeadAndOtherCommentsAreLeftAsTheyAre() {
        assertThat(HEADS.complete(comment(8, "/ok-to-test", null))).isEqualTo(comment(8, "/ok-to-test", null));
        assertThat(HEADS.complete(comment(7, "thanks", null))).isEqualTo(comment(7, "thanks", null));
    }

    private static CommentEvent comment(long number, String body, @Nullable CommitId head) {
        RepositoryId repository = new RepositoryId("hub", "team/app");
        EventId id = EventId.derive(repository, "#" + number, "", "", "comment", "1");
        return new CommentEvent(id, repository, number, 1, body, head, "ann", Instant.EPOCH);
    }
}
