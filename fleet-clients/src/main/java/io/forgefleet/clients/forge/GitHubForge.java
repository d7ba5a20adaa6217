package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.Proposals;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.clients.forge.github.GitHubApi;
import io.forgefleet.clients.forge.github.GitHubChanges;
import io.forgefleet.clients.forge.github.GitHubLabels;
import io.forgefleet.clients.forge.github.GitHubReleases;
import io.forgefleet.clients.forge.github.GitHubScans;
import io.forgefleet.clients.forge.release.Releases;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kohsuke.github.GHCommitState;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHLabel;
import org.kohsuke.github.GHPermissionType;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHRepository;

/** GitHub and GitHub Enterprise Server. */
final class GitHubForge implements Forge {

    /** On a page, GitHub's most. */
    private static final int PULLS = 100;

    private final String url;
    private final String token;
    private final GitHubApi api;
    private final ChangeApi changes;

    GitHubForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.api = new GitHubApi(url, token, timeout);
        this.changes = new GitHubChanges(api);
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        return api.call("read pull request " + number + " of " + repository, () -> {
            GHPullRequest pull = api.repository(repository).getPullRequest(Math.toIntExact(number));
            GHRepository head = pull.getHead().getRepository();
            boolean fork = head == null
                    || !head.getFullName()
                            .equalsIgnoreCase(pull.getBase().getRepository().getFullName());
            return new PullRequestState(
                    number,
                    pull.getState() == GHIssueState.OPEN
                            ? PullRequestState.State.OPEN
                            : pull.getMergedAt() != null
                                    ? PullRequestState.State.MERGED
                                    : PullRequestState.State.CLOSED,
                    new CommitId(pull.getHead().getSha()),
                    pull.getBase().getRef(),
                    fork,
                    pull.isDraft(),
                    pull.getUser() == null ? "" : pull.getUser().getLogin(),
                    pull.getLabels().stream().map(GHLabel::getName).collect(Collectors.toSet()));
        });
    }

    @Override
    public Map<Long, CommitId> openPullRequests(RepositoryId repository) throws ClientException, InterruptedException {
        List<GHPullRequest> listed = api.call(OpenPullRequests.tried(repository), () -> {
            List<GHPullRequest> some = new ArrayList<>();
            Iterator<GHPullRequest> pulls = api.repository(repository)
                    .queryPullRequests()
                    .state(GHIssueState.OPEN)
                    .list()
                    .withPageSize(PULLS)
                    .iterator();
            while (pulls.hasNext() && some.size() <= MOST_OPEN) {
                some.add(pulls.next());
            }
            return some;
        });
        OpenPullRequests all = new OpenPullRequests(repository);
        for (GHPullRequest pull : listed) {
            all.add(pull.getNumber(), pull.getHead().getSha());
        }
        return all.heads();
    }

    @Override
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        if (!AccountName.isPossible(login)) {
            return false;
        }
        String tried = "ask what " + login + " may do in " + repository;
        GHRepository known = api.call(tried, () -> api.repository(repository));
        try {
            // maintain is told as write here, triage as read
            GHPermissionType permission = api.call(tried, () -> known.getPermission(login));
            return permission == GHPermissionType.ADMIN || permission == GHPermissionType.WRITE;
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e.kind() == Kind.UNAUTHORIZED
                    ? e.advising("give the forge a token that may push to the repository: only these may ask for"
                            + " the rights of others")
                    : e;
        }
    }

    @Override
    public Optional<LabelChange> lastLabelChange(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        return new GitHubLabels(api).last(repository, number, since);
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
        api.call("post status " + status.context() + " of " + repository + "@" + commit, () -> {
            GHCommitState state =
                    switch (status.state()) {
                        case PENDING -> GHCommitState.PENDING;
                        case SUCCESS -> GHCommitState.SUCCESS;
                        case FAILURE -> GHCommitState.FAILURE;
                        case ERROR -> GHCommitState.ERROR;
                    };
            return api.repository(repository)
                    .createCommitStatus(
                            commit.value(), state, status.targetUrl(), status.description(), status.context());
        });
    }

    @Override
    public Optional<CodeScans> codeScans() {
        return Optional.of(new GitHubScans(api));
    }

    @Override
    public Releases releases() {
        return new Releases(new GitHubReleases(api));
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "x-access-token", token);
    }
}
