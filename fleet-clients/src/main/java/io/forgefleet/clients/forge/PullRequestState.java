package io.forgefleet.clients.forge;

import io.forgefleet.events.CommitId;
import java.util.Set;

/**
 * What a pull request is on its forge.
 *
 * @param head the commit that it proposes
 * @param baseBranch short name of the branch that it goes to
 * @param fork whether its commits are in another repository, or in one that is gone
 * @param draft whether its author does not yet want it merged
 * @param author login of who opened it; empty when the account is gone
 * @param labels names, as the forge has them now: payloads may be stale, and a stranger can open a pull request of Gitea
 *     with any label
 */
public record PullRequestState(
        long number,
        State state,
        CommitId head,
        String baseBranch,
        boolean fork,
        boolean draft,
        String author,
        Set<String> labels) {

    public PullRequestState {
        labels = Set.copyOf(labels);
    }

    public enum State {
        OPEN,
        CLOSED,
        MERGED
    }
}
