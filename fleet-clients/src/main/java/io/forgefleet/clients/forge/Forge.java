package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.clients.forge.release.Releases;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One configured forge. Thread-safe. Calls block, end within the timeout, and stop when their (virtual) thread is
 * interrupted; none is repeated here. Libraries are loaded with the first call.
 */
public interface Forge {

    /**
     * Opens a forge; nothing is sent yet.
     *
     * @param url of its pages: {@code https://github.com}, {@code https://codeberg.org}; of a GitHub Enterprise or GitLab
     *     server likewise
     * @param token for API and git
     */
    static Forge open(ForgeKind kind, String url, String token, Duration timeout) {
        String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        return switch (kind) {
            case GITHUB -> new GitHubForge(base, token, timeout);
            case GITEA, FORGEJO -> new GiteaForge(base, token, timeout);
            case GITLAB -> new GitLabForge(base, token, timeout);
        };
    }

    /**
     * What a pull request is now.
     *
     * @throws ClientException of kind NOT_FOUND when there is none of this number, or the token may not see the repository
     */
    PullRequestState pullRequest(RepositoryId repository, long number) throws ClientException, InterruptedException;

    /**
     * The heads of all open pull requests, by number: one request for some fifty of them. What is opened or closed meanwhile may be
     * missing, so that one which is not there is to be asked for by {@link #pullRequest} before it counts as closed.
     *
     * @throws ClientException also of kind REFUSED when there are more than {@value #MOST_OPEN}: a part is no answer
     */
    Map<Long, CommitId> openPullRequests(RepositoryId repository) throws ClientException, InterruptedException;

    /** So many open pull requests are read at most. */
    int MOST_OPEN = 10_000;

    /**
     * Whether an account may write to a repository now, by whatever way: owner, team, group, collaborator. Roles that may
     * only read, triage, report or label do not count. On Gitea and Forgejo teams are seen by members of the organisation
     * only, and so by their tokens.
     *
     * @param login in any case; may be hostile: of a name that no account can have nothing is asked
     * @return false also for an account that is unknown or blocked
     * @throws ClientException of kind UNAUTHORIZED when the token may not ask, NOT_FOUND when it does not see the repository
     */
    boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException;

    /**
     * The newest change of a pull request's labels, and who made it: no payload of Gitea or Forgejo tells which label it is about.
     *
     * @param since older ones are not looked for; by the forge's clock
     * @throws ClientException of kind NOT_FOUND as {@link #pullRequest}
     */
    Optional<LabelChange> lastLabelChange(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException;

    /** Posts a commit status; it takes the place of the one of the same context. */
    void postStatus(RepositoryId repository, CommitId commit, StatusPost status)
            throws ClientException, InterruptedException;

    /**
     * The files of a branch as they are now.
     *
     * @throws ClientException of kind NOT_FOUND when there is no such branch, REFUSED when it has too many files
     */
    FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException;

    /**
     * A file of a commit, as {@link #tree} names it.
     *
     * @param path from the root
     * @return empty when there is none
     * @throws ClientException of kind REFUSED when it is larger than {@link StoredFile#MOST_BYTES}
     */
    Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException;

    /**
     * Opens a pull request that changes files, or brings the open one of the same branch up to date: its branch is reset to
     * the base with one commit. When the open one has this content, nothing is written. One that somebody closed is not
     * opened again with the same content. To be called by one at a time for a branch; can be repeated.
     *
     * @return empty when the base has these files already
     * @throws ClientException of kind UNAUTHORIZED when the token may not write (to GitHub's workflows), REFUSED when the
     *     forge cannot apply it: read the files again
     */
    Optional<ProposedPullRequest> propose(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException;

    /** Where findings of scanners go; empty when this forge takes none. */
    Optional<CodeScans> codeScans();

    /** Releases of tags with their files. */
    Releases releases();

    /** Where git finds a repository, by the configured URL and with the token. */
    GitRemote remote(RepositoryId repository);
}
