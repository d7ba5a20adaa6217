package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Gitea and Forgejo, by their API v1; neither has a kept client for Java. */
final class GiteaForge implements Forge {

    /** How a draft is marked where the API has no field for it (Gitea before 1.16). */
    private static final Pattern DRAFT_TITLE = Pattern.compile("(?i)^\\s*(\\[WIP]|WIP:).*", Pattern.DOTALL);

    private final String url;
    private final String token;
    private final HttpCalls calls;

    GiteaForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.calls = new HttpCalls(timeout);
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        String tried = "read pull request " + number + " of " + repository;
        HttpResponse<byte[]> answer =
                send(tried, request(repository, "/pulls/" + number).GET());
        try {
            JsonNode pull = Json.mapper().readTree(answer.body());
            JsonNode head = pull.path("head");
            String headRepository = head.path("repo").path("full_name").asText("");
            String baseRepository =
                    pull.path("base").path("repo").path("full_name").asText(repository.path());
            JsonNode draft = pull.path("draft");
            boolean open = pull.path("state").asText("").equals("open");
            return new PullRequestState(
                    number,
                    open
                            ? PullRequestState.State.OPEN
                            : pull.path("merged").asBoolean(false)
                                    ? PullRequestState.State.MERGED
                                    : PullRequestState.State.CLOSED,
                    new CommitId(head.path("sha").asText("")),
                    pull.path("base").path("ref").asText(""),
                    !headRepository.equalsIgnoreCase(baseRepository),
                    draft.isBoolean()
                            ? draft.asBoolean()
                            : DRAFT_TITLE.matcher(pull.path("title").asText("")).matches());
        } catch (IOException | IllegalArgumentException e) {
            throw new ClientException(
                    Kind.UNAVAILABLE, "could not " + tried + ": the answer is no pull request: " + e.getMessage(), e);
        }
    }

    @Override
    public void postStatus(RepositoryId repository, CommitId commit, StatusPost status)
            throws ClientException, InterruptedException {
        byte[] body = Json.write(Map.of(
                "context", status.context(),
                "state", status.state().name().toLowerCase(Locale.ROOT),
                "description", status.description(),
                "target_url", status.targetUrl()));
        send(
                "post status " + status.context() + " of " + repository + "@" + commit,
                request(repository, "/statuses/" + commit)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "forgefleet", token);
    }

    @Override
    public String headRefOf(long number) {
        return "refs/pull/" + number + "/head";
    }

    private HttpRequest.Builder request(RepositoryId repository, String path) {
        return HttpRequest.newBuilder(URI.create(url + "/api/v1/repos/" + repository.path() + path))
                .header("Accept", "application/json")
                .header("Authorization", "token " + token);
    }

    private HttpResponse<byte[]> send(String tried, HttpRequest.Builder request)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = calls.send(tried, request.build());
        if (answer.statusCode() / 100 != 2) {
            throw HttpCalls.failure(tried, answer);
        }
        return answer;
    }
}
