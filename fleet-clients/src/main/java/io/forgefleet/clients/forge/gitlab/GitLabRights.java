package io.forgefleet.clients.forge.gitlab;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.RepositoryId;
import java.util.Optional;
import org.gitlab4j.api.GitLabApiException;
import org.gitlab4j.api.models.AccessLevel;
import org.gitlab4j.api.models.Member;
import org.gitlab4j.api.models.User;

/** Who may do what in a project of GitLab. */
public final class GitLabRights {

    /** An account that is neither blocked nor waits for approval. */
    private static final String ACTIVE = "active";

    private final GitLabCalls calls;

    public GitLabRights(GitLabCalls calls) {
        this.calls = calls;
    }

    /**
     * Whether an account is a developer at least, by whatever group.
     *
     * @param login of a form that accounts have
     */
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        String tried = "ask what " + login + " may do in " + repository;
        try {
            return calls.call(tried, () -> {
                User user = calls.api().getUserApi().getUser(login);
                if (user == null || !login.equalsIgnoreCase(user.getUsername())) {
                    return false;
                }
                return member(repository, user.getId())
                        .filter(known -> ACTIVE.equals(known.getState()))
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
            return Optional.of(calls.api().getProjectApi().getMember(repository.path(), user, true));
        } catch (GitLabApiException e) {
            if (e.getHttpStatus() != 404) {
                throw e;
            }
            // no such member, or no such project: the latter is a failure
            calls.api().getProjectApi().getProject(repository.path());
            return Optional.empty();
        }
    }
}
