package io.forgefleet.events;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wrote a comment on a pull request. Edits and deletions are no events: an edit's sender may not be its author.
 *
 * @param number number of the pull request
 * @param commentId the forge's id of the comment
 * @param body text, at most 64 KiB of UTF-8
 * @param head head commit of the pull request where the payload tells (not on GitHub)
 */
public record CommentEvent(
        EventId id,
        RepositoryId repository,
        long number,
        long commentId,
        String body,
        @Nullable CommitId head,
        String actor,
        Instant at)
        implements ForgeEvent {

    public static final int MOST_BODY_BYTES = 64 * 1024;

    public CommentEvent {
        if (number < 1 || commentId < 1) {
            throw new IllegalArgumentException("pull requests and comments are numbered from 1");
        }
        if (body.getBytes(StandardCharsets.UTF_8).length > MOST_BODY_BYTES) {
            throw new IllegalArgumentException("comment is longer than 64 KiB");
        }
    }
}
