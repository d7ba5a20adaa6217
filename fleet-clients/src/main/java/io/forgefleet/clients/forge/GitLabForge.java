package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.clients.http.RetryAfter;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.gitlab4j.api.GitLabApi;
import org.gitlab4j.api.GitLabApiException;
import org.gitlab4j.api.models.AccessLevel;
import org.gitlab4j.api.models.CommitStatus;
import org.gitlab4j.api.models.Member;
import org.gitlab4j.api.models.MergeRequest;
import org.gitlab4j.api.models.User;
import org.gitlab4j.models.Constants.CommitBuildState;
import org.jspecify.annotations.Nullable;

/** GitLab, by gitlab4j. A pull request is a merge request here, its number the iid. */
final class GitLabForge implements Forge {

    /** What GitLab answers to a state that the status already has. */
    private static final String SAME_STATE = "Cannot transition status";

    /** An account that is neither blocked nor waits for approval. */
    private static final String ACTIVE = "active";

    private final String url;
    private final String token;
    private final Duration timeout;
    private @Nullable GitLabApi api;

    GitLabForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.timeout = timeout;
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        return call("read merge request " + number + " of " + repository, () -> {
            MergeRequest merge = api().getMergeRequestApi().getMergeRequest(repository.path(), number);
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
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        if (!AccountName.isPossible(login)) {
            return false;
        }
        String tried = "ask what " + login + " may do in " + repository;
        try {
            return call(tried, () -> {
                User user = api().getUserApi().getUser(login);
                if (user == null || !login.equalsIgnoreCase(user.getUsername())) {
                    return false;
                }
                Optional<Member> member = member(repository, user.getId());
                return member.filter(known -> ACTIVE.equals(known.getState()))
                        .map(Member::getAccessLevel)
                        .filter(level -> level.value >= AccessLevel.DEVELOPER.value)
                        .isPresent();
            });
        } catch (ClientException e) {
            throw e.kind() == Kind.UNAUTHORIZED
                    ? e.advising("give the forge a token of a member of the project, with the scope api")
                    : e;
        }
    }

    private Optional<Member> member(RepositoryId repository, Long user) throws GitLabApiException {
        try {
            return Optional.of(api().getProjectApi().getMember(repository.path(), user, true));
        } catch (GitLabApiException e) {
            if (e.getHttpStatus() != 404) {
                throw e;
            }
            // no such member, or no such project: the latter is a failure
            api().getProjectApi().getProject(repository.path());
            return Optional.empty();
        }
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
        call("post status " + status.context() + " of " + repository + "@" + commit, () -> {
            try {
                api().getCommitsApi().addCommitStatus(repository.path(), commit.value(), state, sent);
            } catch (GitLabApiException e) {
                if (e.getHttpStatus() != 400 || !String.valueOf(e.getMessage()).contains(SAME_STATE)) {
                    throw e;
                }
            }
            return commit;
        });
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "oauth2", token);
    }

    @Override
    public String headRefOf(long number) {
        return "refs/merge-requests/" + number + "/head";
    }

    private static String shortName(String ref) {
        return ref.replaceFirst("^refs/(heads|tags)/", "");
    }

    private synchronized GitLabApi api() {
        GitLabApi known = api;
        if (known == null) {
            int millis = Math.toIntExact(timeout.toMillis());
            known = new GitLabApi(url, token).withRequestTimeout(millis, millis);
            api = known;
        }
        return known;
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws GitLabApiException;
    }

    private <T> T call(String tried, Call<T> call) throws ClientException, InterruptedException {
        try {
            return call.run();
        } catch (GitLabApiException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            int status = e.getHttpStatus();
            Map<String, List<String>> headers =
                    Objects.requireNonNullElse(e.getHeaders(), Map.<String, List<String>>of());
            Optional<Duration> wait = RetryAfter.of(headers, Instant.now());
            // no status: there was no answer
            Kind kind = status <= 0 ? Kind.UNAVAILABLE : HttpCalls.kind(status, wait.isPresent());
            throw new ClientException(
                    kind, "could not " + tried + ": answered " + status + " " + e.getMessage(), wait.orElse(null), e);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        }
    }
}
