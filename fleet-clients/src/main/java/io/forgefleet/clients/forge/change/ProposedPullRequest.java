package io.forgefleet.clients.forge.change;

/**
 * The pull request of a proposal.
 *
 * @param url of its page
 */
public record ProposedPullRequest(long number, String url, Result result) {

    /** What became of the proposal. */
    public enum Result {
        /** There was none open. */
        OPENED,
        /** The open one has new content, title and body. */
        UPDATED,
        /** The open one has this content already; nothing was written. */
        UNCHANGED,
        /** Somebody closed one of the same content; nothing was written. */
        DECLINED
    }
}
