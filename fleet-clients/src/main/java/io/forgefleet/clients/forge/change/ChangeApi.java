package io.forgefleet.clients.forge.change;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.util.Map;
import java.util.Optional;

/** What a forge has to do for proposals. Calls are blocking, bounded, and not repeated. */
public interface ChangeApi {

    /** Files at the head of a branch; NOT_FOUND without such a branch, REFUSED beyond {@link FileTree#MOST_PATHS}. */
    FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException;

    /** A file; empty when the commit has none there. */
    Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException;

    /** The newest pull request from {@code branch} to {@code base}, both of this repository, whatever its state. */
    Optional<OwnPullRequest> newest(RepositoryId repository, String base, String branch)
            throws ClientException, InterruptedException;

    /**
     * Makes the proposal's branch, or resets it: one commit with the proposal's files.
     *
     * @param before what the files were, by path; those that are missing in it are new
     */
    void write(RepositoryId repository, Proposal proposal, Map<String, StoredFile> before)
            throws ClientException, InterruptedException;

    /** Opens a pull request of the proposal's branch. */
    OwnPullRequest open(RepositoryId repository, Proposal proposal) throws ClientException, InterruptedException;

    /** Gives an open pull request the proposal's title and body. */
    void describe(RepositoryId repository, long number, Proposal proposal) throws ClientException, InterruptedException;
}
