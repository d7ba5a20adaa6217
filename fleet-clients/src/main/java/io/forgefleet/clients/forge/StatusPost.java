package io.forgefleet.clients.forge;

import io.forgefleet.events.run.CommitStatus;
import org.jspecify.annotations.Nullable;

/**
 * A commit status to post.
 *
 * @param context names the check
 * @param description cut to 140 characters, since GitHub refuses longer ones
 * @param targetUrl page behind the status
 * @param ref full ref that the commit is the head of, for GitLab, which else picks a branch; null when unknown
 */
public record StatusPost(
        String context,
        CommitStatus.State state,
        String description,
        String targetUrl,
        @Nullable String ref) {

    public StatusPost {
        if (description.length() > CommitStatus.MOST_DESCRIPTION) {
            description = description.substring(0, CommitStatus.MOST_DESCRIPTION - 1) + "…";
        }
    }
}
