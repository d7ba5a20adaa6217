package io.forgefleet.events.run;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.RunId;
import org.jspecify.annotations.Nullable;

/**
 * The newest status that a commit should show, as {@code fleet.statuses} holds it under {@link #key()}.
 *
 * @param ref full ref that the commit was pushed to; null for pull requests. GitLab wants it, which else picks a branch
 * @param context names the check, for example {@code forgefleet/image/push}
 * @param description at most 140 characters, the least that a forge takes (GitHub)
 * @param targetUrl page of the run
 * @param epoch epoch of the run's claim; higher is newer
 * @param revision revision of the run's state; higher is newer within an epoch
 */
public record CommitStatus(
        RepositoryId repository,
        CommitId commit,
        @Nullable String ref,
        String context,
        State state,
        String description,
        String targetUrl,
        RunId run,
        long epoch,
        int revision) {

    public static final int MOST_DESCRIPTION = 140;

    public enum State {
        PENDING,
        SUCCESS,
        FAILURE,
        ERROR
    }

    public CommitStatus {
        if (description.length() > MOST_DESCRIPTION) {
            description = description.substring(0, MOST_DESCRIPTION - 1) + "…";
        }
    }

    public String key() {
        return repository + "@" + commit + "#" + context;
    }

    /** Whether this one is newer than the other of the same key. */
    public boolean supersedes(CommitStatus other) {
        return epoch != other.epoch ? epoch > other.epoch : revision > other.revision;
    }
}
