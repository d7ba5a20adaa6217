package io.forgefleet.clients.forge.change;

import io.forgefleet.events.CommitId;

/**
 * The newest pull request of a proposal's branch, within the repository.
 *
 * @param url of its page
 * @param merged false as long as it is open
 * @param head of an open one what its branch is now, of a closed one the last commit that it had
 */
public record OwnPullRequest(long number, String url, boolean open, boolean merged, CommitId head) {

    /** The same with another head. */
    public OwnPullRequest with(CommitId other) {
        return new OwnPullRequest(number, url, open, merged, other);
    }
}
