package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.Proposals;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.clients.forge.gitlab.GitLabCalls;
import io.forgefleet.clients.forge.gitlab.GitLabChanges;
import io.forgefleet.clients.forge.gitlab.GitLabLabels;
import io.forgefleet.clients.forge.gitlab.GitLabReleases;
import io.forgefleet.clients.forge.gitlab.GitLabRights;
import io.forgefleet.clients.forge.release.Releases;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.gitlab4j.api.GitLabApiException;
import org.gitlab4j.api.models.CommitStatus;
import org.gitlab4j.api.models.MergeRequest;
import org.gitlab4j.models.Constants.CommitBuildState;
import org.gitlab4j.models.Constants.MergeRequestState;

/** GitLab, by gitlab4j. A pull request is a merge request here, its number the iid. */
final class GitLabForge implements Forge {

    /** What GitLab answers to a state that the status already has. */
    private static final String SAME_STATE = "Cannot transition status";

    /** On a page, GitLab's most. */
    private static final int MERGES = 100;

    private final String url;
    private final String token;
    private final GitLabCalls calls;
    private final GitLabRights rights;
    private final ChangeApi changes;

    GitLabForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.calls = new GitLabCalls(url, token, timeout);
        this.rights = new GitLabRights(calls);
        this.changes = new GitLabChanges(calls);
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        return calls.call("read merge request " + number + " of " + repository, () -> {
            MergeRequest merge = calls.api().getMergeRequestApi().getMergeRequest(repository.path(), number);
            boolean draft = Boolean.TRUE.equals(merge.getDraft()) || Boolean.TRUE.equals(merge.getWorkInProgress());
            return new PullRequestState(
                    number,
                    switch (Objects.requireNonNullElse(merge.getState(), "")) {
                        // locked is the moment before merged
                        case "opened", "locked" -> PullRequestState.State.OPEN;
                        case "merged" -> PullRequestState.State.MERGED;
                        default -> PullRequestState.State.CLOSED;
                    },
                    new CommitId(Objects.requireNonNullElse(merge.getSha(), "")),
                    Objects.requireNonNullElse(merge.getTargetBranch(), ""),
                    !Objects.equals(merge.getSourceProjectId(), merge.getTargetProjectId()),
                    draft,
                    merge.getAuthor() == null
                            ? ""
                            : Objects.requireNonNullElse(merge.getAuthor().getUsername(), ""),
                    Set.copyOf(Objects.requireNonNullElse(merge.getLabels(), List.<String>of())));
        });
    }

    @Override
    public Map<Long, CommitId> openPullRequests(RepositoryId repository) throws ClientException, InterruptedException {
        List<MergeRequest> listed = calls.call(OpenPullRequests.tried(repository), () -> calls.api()
                .getMergeRequestApi()
                .getMergeRequests(repository.path(), MergeRequestState.OPENED, MERGES)
                .lazyStream()
                .limit(MOST_OPEN + 1L)
                .toList());
        OpenPullRequests all = new OpenPullRequests(repository);
        for (MergeRequest merge : listed) {
            all.add(merge.getIid(), Objects.requireNonNullElse(merge.getSha(), ""));
        }
        return all.heads();
    }

    @Override
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        return AccountName.isPossible(login) && rights.mayWrite(repository, login);
    }

    @Override
    public Optional<LabelChange> lastLabelChange(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        return new GitLabLabels(calls).last(repository, number, since);
    }

    @Override
    public FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException {
        return changes.tree(repository, branch);
    }

    @Override
    public Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException {
        return changes.file(repository, commit, path);
    }

    @Override
    public Optional<ProposedPullRequest> propose(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException {
        return new Proposals(changes).propose(repository, proposal);
    }

    @Override
    public void postStatus(RepositoryId repository, CommitId commit, StatusPost status)
            throws ClientException, InterruptedException {
        CommitBuildState state =
                switch (status.state()) {
                    case PENDING -> CommitBuildState.PENDING;
                    case SUCCESS -> CommitBuildState.SUCCESS;
                    case FAILURE, ERROR -> CommitBuildState.FAILED;
                };
        CommitStatus details = new CommitStatus()
                .withName(status.context())
                .withDescription(status.description())
                .withTargetUrl(status.targetUrl());
        if (status.ref() != null) {
            details = details.withRef(shortName(status.ref()));
        }
        CommitStatus sent = details;
        calls.call("post status " + status.context() + " of " + repository + "@" + commit, () -> {
            try {
                calls.api().getCommitsApi().addCommitStatus(repository.path(), commit.value(), state, sent);
            } catch (GitLabApiException e) {
                if (e.getHttpStatus() != 400 || !String.valueOf(e.getMessage()).contains(SAME_STATE)) {
                    throw e;
                }
            }
            return commit;
        });
    }

    /** None: GitLab takes findings from its own pipelines only. */
    @Override
    public Optional<CodeScans> codeScans() {
        return Optional.empty();
    }

    @Override
    public Releases releases() {
        return new Releases(new GitLabReleases(calls));
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "oauth2", token);
    }

    private static String shortName(String ref) {
        return ref.replaceFirst("^refs/(heads|tags)/", "");
    }
}
