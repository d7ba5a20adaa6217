package io.forgefleet.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something happened to a pull request (merge request on GitLab).
 *
 * @param number number within the repository, from 1
 * @param action what happened
 * @param head its head commit as the payload tells it; a hint, the forge is asked before anything is built
 * @param headBranch name of its branch in the head repository, as the forge tells it; may be a full ref
 * @param base branch that it wants into
 * @param fork whether head and base are different repositories; true as well when the head repository is gone
 * @param draft whether it is a draft
 */
public record PullRequestEvent(
        EventId id,
        RepositoryId repository,
        long number,
        Action action,
        CommitId head,
        @Nullable String headBranch,
        RefName base,
        boolean fork,
        boolean draft,
        String actor,
        Instant at)
        implements ForgeEvent {

    public enum Action {
        OPENED,
        SYNCHRONIZED,
        REOPENED,
        CLOSED,
        MERGED,
        RETARGETED,
        DRAFT,
        READY,
        LABELLED;

        /** Whether afterwards the pull request is open and its head may be new to the fleet. */
        public boolean mayNeedImage() {
            return switch (this) {
                case OPENED, SYNCHRONIZED, REOPENED, RETARGETED, READY -> true;
                case CLOSED, MERGED, DRAFT, LABELLED -> false;
            };
        }

        /** Whether afterwards the pull request is not open. */
        public boolean ends() {
            return this == CLOSED || this == MERGED;
        }
    }

    public PullRequestEvent {
        if (number < 1) {
            throw new IllegalArgumentException("pull requests are numbered from 1, got: " + number);
        }
        if (!base.isBranch()) {
            throw new IllegalArgumentException("a pull request's base is a branch, got: " + base);
        }
    }
}
