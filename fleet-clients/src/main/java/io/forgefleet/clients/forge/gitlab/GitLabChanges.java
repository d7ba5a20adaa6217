package io.forgefleet.clients.forge.gitlab;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.OwnPullRequest;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.gitlab4j.api.GitLabApiException;
import org.gitlab4j.api.Pager;
import org.gitlab4j.api.models.CommitAction;
import org.gitlab4j.api.models.CommitPayload;
import org.gitlab4j.api.models.MergeRequest;
import org.gitlab4j.api.models.MergeRequestFilter;
import org.gitlab4j.api.models.MergeRequestParams;
import org.gitlab4j.api.models.RepositoryFile;
import org.gitlab4j.api.models.TreeItem;
import org.gitlab4j.models.Constants;

/** Files and merge requests of GitLab. */
public final class GitLabChanges implements ChangeApi {

    private static final int PAGE = 100;

    private final GitLabCalls calls;

    public GitLabChanges(GitLabCalls calls) {
        this.calls = calls;
    }

    @Override
    public FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException {
        String tried = "list the files of branch " + branch + " of " + repository;
        CommitId head = calls.call(tried, () -> head(repository, branch));
        List<String> paths = calls.call(tried, () -> {
            Pager<TreeItem> pages =
                    calls.api().getRepositoryApi().getTree(repository.path(), null, head.value(), true, PAGE);
            List<String> found = new ArrayList<>();
            while (pages.hasNext() && found.size() <= FileTree.MOST_PATHS) {
                pages.next().stream()
                        .filter(item -> String.valueOf(item.getMode()).startsWith("100"))
                        .forEach(item -> found.add(item.getPath()));
            }
            return found;
        });
        if (paths.size() > FileTree.MOST_PATHS) {
            throw new ClientException(
                    Kind.REFUSED, "could not " + tried + ": there are more than " + FileTree.MOST_PATHS + " files");
        }
        return new FileTree(head, paths);
    }

    private CommitId head(RepositoryId repository, String branch) throws GitLabApiException {
        return new CommitId(calls.api()
                .getRepositoryApi()
                .getBranch(repository.path(), branch)
                .getCommit()
                .getId());
    }

    @Override
    public Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException {
        String tried = "read " + path + " of " + repository + "@" + commit;
        try {
            RepositoryFile told = calls.call(
                    tried,
                    () -> calls.api().getRepositoryFileApi().getFileInfo(repository.path(), path, commit.value()));
            StoredFile.requireSmall(tried, told.getSize());
            RepositoryFile file = calls.call(
                    tried, () -> calls.api().getRepositoryFileApi().getFile(repository.path(), path, commit.value()));
            byte[] content = calls.call(tried, file::getDecodedContentAsBytes);
            return Optional.of(new StoredFile(content, Objects.requireNonNullElse(file.getBlobId(), "")));
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<OwnPullRequest> newest(RepositoryId repository, String base, String branch)
            throws ClientException, InterruptedException {
        return calls.call("find the merge request of " + branch + " of " + repository, () -> {
            MergeRequestFilter filter = new MergeRequestFilter()
                    .withSourceBranch(branch)
                    .withState(Constants.MergeRequestState.ALL)
                    .withOrderBy(Constants.MergeRequestOrderBy.CREATED_AT)
                    .withSort(Constants.SortOrder.DESC);
            filter.setTargetBranch(base);
            List<MergeRequest> found = calls.api()
                    .getMergeRequestApi()
                    .getMergeRequests(repository.path(), filter, PAGE)
                    .first();
            for (MergeRequest merge : found) {
                if (Objects.equals(merge.getSourceProjectId(), merge.getTargetProjectId())) {
                    return Optional.of(now(repository, branch, own(merge)));
                }
            }
            return Optional.empty();
        });
    }

    /** With the branch's head: the merge request follows a push only after a while. */
    private OwnPullRequest now(RepositoryId repository, String branch, OwnPullRequest pull) throws GitLabApiException {
        if (!pull.open()) {
            return pull;
        }
        try {
            return pull.with(head(repository, branch));
        } catch (GitLabApiException e) {
            if (e.getHttpStatus() == 404) {
                return pull;
            }
            throw e;
        }
    }

    private static OwnPullRequest own(MergeRequest merge) {
        String state = String.valueOf(merge.getState());
        return new OwnPullRequest(
                merge.getIid(),
                String.valueOf(merge.getWebUrl()),
                state.equals("opened") || state.equals("locked"),
                state.equals("merged"),
                new CommitId(String.valueOf(merge.getSha())));
    }

    @Override
    public void write(RepositoryId repository, Proposal proposal, Map<String, StoredFile> before)
            throws ClientException, InterruptedException {
        List<CommitAction> actions = new ArrayList<>();
        proposal.files()
                .forEach((path, content) -> actions.add(new CommitAction()
                        .withAction(before.containsKey(path) ? CommitAction.Action.UPDATE : CommitAction.Action.CREATE)
                        .withFilePath(path)
                        .withContent(Base64.getEncoder().encodeToString(content))
                        .withEncoding(Constants.Encoding.BASE64)));
        CommitPayload commit = new CommitPayload()
                .withBranch(proposal.branch())
                .withStartSha(proposal.from().value())
                .withForce(true)
                .withCommitMessage(proposal.message())
                .withActions(actions);
        String tried = "write branch " + proposal.branch() + " of " + repository;
        try {
            calls.call(tried, () -> calls.api().getCommitsApi().createCommit(repository.path(), commit));
        } catch (ClientException e) {
            throw e.kind() == Kind.UNAUTHORIZED
                    ? e.advising("the forge needs a token of a developer of the project, with the scope api")
                    : e;
        }
    }

    @Override
    public OwnPullRequest open(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException {
        MergeRequestParams merge = new MergeRequestParams()
                .withSourceBranch(proposal.branch())
                .withTargetBranch(proposal.base())
                .withTitle(proposal.title())
                .withDescription(proposal.body());
        return calls.call(
                "open a merge request of " + proposal.branch() + " of " + repository,
                () -> own(calls.api().getMergeRequestApi().createMergeRequest(repository.path(), merge)));
    }

    @Override
    public void describe(RepositoryId repository, long number, Proposal proposal)
            throws ClientException, InterruptedException {
        MergeRequestParams merge =
                new MergeRequestParams().withTitle(proposal.title()).withDescription(proposal.body());
        calls.call(
                "describe merge request " + number + " of " + repository,
                () -> calls.api().getMergeRequestApi().updateMergeRequest(repository.path(), number, merge));
    }
}
