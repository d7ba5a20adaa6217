package io.forgefleet.clients.forge.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Set;

/** Who may do what in a repository of Gitea or Forgejo. */
public final class GiteaRights {

    private static final Set<String> WRITING = Set.of("owner", "admin", "write");
    private static final String NEEDS_ADMINISTRATOR =
            "give the forge a token of an administrator of the repository, with the scopes read:repository and"
                    + " read:organization: only these may ask for the rights of others";

    private final GiteaApi api;

    public GiteaRights(GiteaApi api) {
        this.api = api;
    }

    /**
     * Whether an account may write to a repository, as its owner, as a collaborator, or by a team.
     *
     * @param login of a form that accounts have
     */
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        String tried = "ask what " + login + " may do in " + repository;
        HttpResponse<byte[]> answer = api.send(
                tried, "GET", GiteaApi.of(repository) + "/collaborators/" + GiteaApi.encoded(login) + "/permission");
        if (answer.statusCode() == 404) {
            // no such account, or no such repository: the latter is a failure
            GiteaApi.succeeded(tried, api.send(tried, "GET", GiteaApi.of(repository)));
            return false;
        }
        JsonNode rights = GiteaApi.json(tried, allowed(tried, answer));
        if (!rights.path("permission").isTextual()) {
            throw GiteaApi.notUnderstood(tried, new IOException("it names no permission"));
        }
        if (!login.equalsIgnoreCase(rights.path("user").path("login").asText())) {
            return false;
        }
        return WRITING.contains(rights.path("permission").asText()) || isInWritingTeam(tried, repository, login);
    }

    /** Members of a team that may write to some units only, code among them, are told to have "read" (Gitea 1.26). */
    private boolean isInWritingTeam(String tried, RepositoryId repository, String login)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = api.send(tried, "GET", GiteaApi.of(repository) + "/teams");
        if (answer.statusCode() == 405) {
            return false; // the owner is no organisation
        }
        for (JsonNode team : GiteaApi.json(tried, allowed(tried, answer))) {
            boolean writes =
                    WRITING.contains(team.path("units_map").path("repo.code").asText());
            if (writes && isMember(tried, team.path("id").asLong(), login)) {
                return true;
            }
        }
        return false;
    }

    private boolean isMember(String tried, long team, String login) throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = api.send(tried, "GET", "/teams/" + team + "/members/" + GiteaApi.encoded(login));
        if (answer.statusCode() == 404) {
            return false;
        }
        return login.equalsIgnoreCase(
                GiteaApi.json(tried, allowed(tried, answer)).path("login").asText());
    }

    private static HttpResponse<byte[]> allowed(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        ClientException refused = HttpCalls.failure(tried, answer);
        throw refused.kind() == Kind.UNAUTHORIZED ? refused.advising(NEEDS_ADMINISTRATOR) : refused;
    }
}
