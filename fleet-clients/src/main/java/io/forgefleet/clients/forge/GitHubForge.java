package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.clients.http.RetryAfter;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHCommitState;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHLabel;
import org.kohsuke.github.GHPermissionType;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubAbuseLimitHandler;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.GitHubRateLimitHandler;
import org.kohsuke.github.HttpException;

/** GitHub and GitHub Enterprise Server, by github-api over this package's own HTTP. */
final class GitHubForge implements Forge {

    private static final String GITHUB = "https://github.com";
    private static final int MOST_REPOSITORIES = 1000;

    private final String url;
    private final String token;
    private final Duration timeout;
    private final Map<String, GHRepository> repositories = new ConcurrentHashMap<>();
    private @Nullable GitHub github;

    GitHubForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.timeout = timeout;
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        return call("read pull request " + number + " of " + repository, () -> {
            GHPullRequest pull = repository(repository).getPullRequest(Math.toIntExact(number));
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
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        if (!AccountName.isPossible(login)) {
            return false;
        }
        String tried = "ask what " + login + " may do in " + repository;
        GHRepository known = call(tried, () -> repository(repository));
        try {
            // maintain is told as write here, triage as read
            GHPermissionType permission = call(tried, () -> known.getPermission(login));
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
    public void postStatus(RepositoryId repository, CommitId commit, StatusPost status)
            throws ClientException, InterruptedException {
        call("post status " + status.context() + " of " + repository + "@" + commit, () -> {
            GHCommitState state =
                    switch (status.state()) {
                        case PENDING -> GHCommitState.PENDING;
                        case SUCCESS -> GHCommitState.SUCCESS;
                        case FAILURE -> GHCommitState.FAILURE;
                        case ERROR -> GHCommitState.ERROR;
                    };
            return repository(repository)
                    .createCommitStatus(
                            commit.value(), state, status.targetUrl(), status.description(), status.context());
        });
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "x-access-token", token);
    }

    @Override
    public String headRefOf(long number) {
        return "refs/pull/" + number + "/head";
    }

    private GHRepository repository(RepositoryId repository) throws IOException {
        GHRepository known = repositories.get(repository.path());
        if (known != null) {
            return known;
        }
        if (repositories.size() >= MOST_REPOSITORIES) {
            repositories.clear();
        }
        GHRepository found = github().getRepository(repository.path());
        repositories.put(repository.path(), found);
        return found;
    }

    private synchronized GitHub github() throws IOException {
        GitHub known = github;
        if (known == null) {
            known = new GitHubBuilder()
                    .withEndpoint(url.equals(GITHUB) ? "https://api.github.com" : url + "/api/v3")
                    .withOAuthToken(token)
                    .withConnector(new GitHubConnection(new HttpCalls(timeout)))
                    .withRateLimitHandler(GitHubRateLimitHandler.FAIL)
                    .withAbuseLimitHandler(GitHubAbuseLimitHandler.FAIL)
                    .build();
            github = known;
        }
        return known;
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T call(String tried, Call<T> call) throws ClientException, InterruptedException {
        try {
            return call.run();
        } catch (GHFileNotFoundException e) {
            throw new ClientException(Kind.NOT_FOUND, "could not " + tried + ": answered 404 " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            // no status of an error: there was no answer, or one that is not GitHub's
            throw e instanceof HttpException answered && answered.getResponseCode() >= 400
                    ? failure(tried, answered)
                    : new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    private static ClientException failure(String tried, HttpException answered) {
        int status = answered.getResponseCode();
        Map<String, List<String>> headers =
                Objects.requireNonNullElse(answered.getResponseHeaderFields(), Map.<String, List<String>>of());
        Optional<Duration> wait = RetryAfter.of(headers, Instant.now());
        return new ClientException(
                HttpCalls.kind(status, wait.isPresent()),
                "could not " + tried + ": answered " + status + " " + answered.getMessage(),
                wait.orElse(null),
                answered);
    }
}
