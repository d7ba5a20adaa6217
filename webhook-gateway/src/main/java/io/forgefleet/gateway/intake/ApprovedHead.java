package io.forgefleet.gateway.intake;

import io.forgefleet.events.ApprovalCommand;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.RepositoryId;
import java.util.Optional;

/**
 * Which commit an approval is about, where the forge's comment does not tell (GitHub): the head that the pull request had by the
 * events before it. Taken when the comment arrives, so that a push behind it is not approved with it.
 */
@FunctionalInterface
public interface ApprovedHead {

    /** Knows of none. */
    ApprovedHead UNKNOWN = (repository, pullRequest) -> Optional.empty();

    /** The head of a pull request as far as is known; does not block. */
    Optional<CommitId> of(RepositoryId repository, long pullRequest);

    /** The event with the head that it lacks, if it is an approval and the head is known. */
    default ForgeEvent complete(ForgeEvent event) {
        if (!(event instanceof CommentEvent comment)
                || comment.head() != null
                || ApprovalCommand.in(comment.body()).isEmpty()) {
            return event;
        }
        return of(comment.repository(), comment.number())
                .<ForgeEvent>map(head -> new CommentEvent(
                        comment.id(),
                        comment.repository(),
                        comment.number(),
                        comment.commentId(),
                        comment.body(),
                        head,
                        comment.actor(),
                        comment.at()))
                .orElse(event);
    }
}
