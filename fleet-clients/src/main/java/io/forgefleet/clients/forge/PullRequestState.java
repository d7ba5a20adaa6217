package io.forgefleet.clients.forge;

import io.forgefleet.events.CommitId;

/**
 * What a pull request is on its forge.
 *
 * @param head the commit that it proposes
 * @param baseBranch short name of the branch that it goes to
 * @param fork whether its commits are in another repository, or in one that is gone
 * @param draft whether its author does not yet want it merged
 */
public record PullRequestState(
        long number, State state, CommitId head, String baseBranch, boolean fork, boolean draft) {

    public enum State {
        OPEN,
        CLOSED,
        MERGED
    }
}
