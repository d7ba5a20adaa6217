package io.forgefleet.clients.forge.github;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.OwnPullRequest;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.github.GHContent;
import org.kohsuke.github.GHDirection;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHPullRequestQueryBuilder;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GHTree;

/** Files and pull requests of GitHub. */
public final class GitHubChanges implements ChangeApi {

    private static final String WORKFLOWS = ".github/workflows/";
    private static final int MOST_PULLS = 100;

    private final GitHubApi api;

    public GitHubChanges(GitHubApi api) {
        this.api = api;
    }

    @Override
    public FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException {
        String tried = "list the files of branch " + branch + " of " + repository;
        CommitId head = api.call(tried, () -> head(repository, branch));
        GHTree tree = api.call(tried, () -> api.repository(repository).getTreeRecursive(head.value(), 1));
        if (tree.isTruncated() || tree.getTree().size() > FileTree.MOST_PATHS) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not " + tried + ": there are more than " + FileTree.MOST_PATHS + " entries, or GitHub"
                            + " tells only some of them");
        }
        return new FileTree(
                head,
                tree.getTree().stream()
                        .filter(entry -> entry.getMode().startsWith("100"))
                        .map(entry -> entry.getPath())
                        .toList());
    }

    private CommitId head(RepositoryId repository, String branch) throws IOException {
        return new CommitId(
                api.repository(repository).getRef("heads/" + branch).getObject().getSha());
    }

    @Override
    public Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException {
        String tried = "read " + path + " of " + repository + "@" + commit;
        GHRepository known = api.call(tried, () -> api.repository(repository));
        GHContent file;
        try {
            file = api.call(tried, () -> known.getFileContent(path, commit.value()));
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        StoredFile.requireSmall(tried, file.getSize());
        return Optional.of(api.call(tried, () -> {
            // GitHub leaves the content out from about 1 MB on
            try (InputStream content =
                    "base64".equals(file.getEncoding()) ? file.read() : known.readBlob(file.getSha())) {
                return new StoredFile(content.readAllBytes(), file.getSha());
            }
        }));
    }

    @Override
    public Optional<OwnPullRequest> newest(RepositoryId repository, String base, String branch)
            throws ClientException, InterruptedException {
        return api.call("find the pull request of " + branch + " of " + repository, () -> {
            Iterable<GHPullRequest> pulls = api.repository(repository)
                    .queryPullRequests()
                    .state(GHIssueState.ALL)
                    .head(repository.owner() + ":" + branch)
                    .base(base)
                    .sort(GHPullRequestQueryBuilder.Sort.CREATED)
                    .direction(GHDirection.DESC)
                    .list()
                    .withPageSize(MOST_PULLS);
            int seen = 0;
            for (GHPullRequest pull : pulls) {
                GHRepository from = pull.getHead().getRepository();
                boolean ours = from != null && from.getFullName().equalsIgnoreCase(repository.path());
                // a fork within the organisation is of the same owner
                if (ours && pull.getHead().getRef().equals(branch)) {
                    return Optional.of(now(repository, branch, own(pull)));
                }
                if (++seen == MOST_PULLS) {
                    break;
                }
            }
            return Optional.empty();
        });
    }

    /** With the branch's head: the pull request follows a push only after a while. */
    private OwnPullRequest now(RepositoryId repository, String branch, OwnPullRequest pull) throws IOException {
        if (!pull.open()) {
            return pull;
        }
        try {
            return pull.with(head(repository, branch));
        } catch (GHFileNotFoundException e) {
            return pull;
        }
    }

    private static OwnPullRequest own(GHPullRequest pull) {
        return new OwnPullRequest(
                pull.getNumber(),
                pull.getHtmlUrl().toString(),
                pull.getState() == GHIssueState.OPEN,
                pull.getMergedAt() != null,
                new CommitId(pull.getHead().getSha()));
    }

    @Override
    public void write(RepositoryId repository, Proposal proposal, Map<String, StoredFile> before)
            throws ClientException, InterruptedException {
        String tried = "write branch " + proposal.branch() + " of " + repository;
        try {
            api.call(tried, () -> GitHubCommit.of(api.repository(repository), proposal));
        } catch (ClientException e) {
            boolean workflows = proposal.files().keySet().stream().anyMatch(path -> path.startsWith(WORKFLOWS));
            // the repository was read just before: 404 is how GitHub refuses workflows to classic tokens
            boolean refused = e.kind() == Kind.NOT_FOUND
                    || e.kind() == Kind.UNAUTHORIZED
                    || String.valueOf(e.getMessage()).contains("workflow");
            if (!refused) {
                throw e;
            }
            throw new ClientException(
                    Kind.UNAUTHORIZED,
                    e.getMessage()
                            + (workflows
                                    ? "; files below " + WORKFLOWS + " need a token with the scope workflow (of an app:"
                                            + " the permission Workflows, write; the token of Actions cannot)"
                                    : "; the forge needs a token that may push to the repository"),
                    e);
        }
    }

    @Override
    public OwnPullRequest open(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException {
        return api.call(
                "open a pull request of " + proposal.branch() + " of " + repository,
                () -> own(api.repository(repository)
                        .createPullRequest(proposal.title(), proposal.branch(), proposal.base(), proposal.body())));
    }

    @Override
    public void describe(RepositoryId repository, long number, Proposal proposal)
            throws ClientException, InterruptedException {
        api.call("describe pull request " + number + " of " + repository, () -> {
            GHPullRequest pull = api.repository(repository).getPullRequest(Math.toIntExact(number));
            if (!proposal.title().equals(pull.getTitle())) {
                pull.setTitle(proposal.title());
            }
            if (!proposal.body().equals(pull.getBody())) {
                pull.setBody(proposal.body());
            }
            return pull;
        });
    }
}
