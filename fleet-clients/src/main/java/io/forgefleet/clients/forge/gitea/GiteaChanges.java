package io.forgefleet.clients.forge.gitea;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.OwnPullRequest;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Files and pull requests of Gitea and Forgejo. */
public final class GiteaChanges implements ChangeApi {

    private static final int TREE_PAGE = 1000;
    private static final int PULL_PAGE = 50;

    /** Pages of pull requests that are looked through for our own: of the newest closed ones, and of the open ones. */
    private static final int MOST_PULL_PAGES = 10;

    private final GiteaApi api;

    public GiteaChanges(GiteaApi api) {
        this.api = api;
    }

    @Override
    public FileTree tree(RepositoryId repository, String branch) throws ClientException, InterruptedException {
        String tried = "list the files of branch " + branch + " of " + repository;
        CommitId head = head(tried, api.get(tried, repository, "/branches/" + GiteaApi.encoded(branch)));
        List<String> paths = new ArrayList<>();
        for (int page = 1; page <= FileTree.MOST_PATHS / TREE_PAGE; page++) {
            JsonNode tree = api.get(
                    tried,
                    repository,
                    "/git/trees/" + head + "?recursive=true&per_page=" + TREE_PAGE + "&page=" + page);
            for (JsonNode entry : tree.path("tree")) {
                if (entry.path("mode").asText().startsWith("100")) {
                    paths.add(entry.path("path").asText());
                }
            }
            if (!tree.path("truncated").asBoolean() || tree.path("tree").isEmpty()) {
                return new FileTree(head, paths);
            }
        }
        throw new ClientException(
                Kind.REFUSED, "could not " + tried + ": there are more than " + FileTree.MOST_PATHS + " entries");
    }

    private static CommitId head(String tried, JsonNode branch) throws ClientException {
        return commit(tried, branch.path("commit").path("id"));
    }

    private static CommitId commit(String tried, JsonNode id) throws ClientException {
        try {
            return new CommitId(id.asText());
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }

    @Override
    public Optional<StoredFile> file(RepositoryId repository, CommitId commit, String path)
            throws ClientException, InterruptedException {
        String tried = "read " + path + " of " + repository + "@" + commit;
        String at = Arrays.stream(path.split("/", -1)).map(GiteaApi::encoded).collect(Collectors.joining("/"));
        HttpResponse<byte[]> answer =
                api.send(tried, "GET", GiteaApi.of(repository) + "/contents/" + at + "?ref=" + commit);
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        JsonNode file = GiteaApi.json(tried, GiteaApi.succeeded(tried, answer));
        StoredFile.requireSmall(tried, file.path("size").asLong());
        try {
            if (!file.path("encoding").asText().equals("base64")) {
                throw new IOException(
                        "its content is not base64: " + file.path("type").asText("no file"));
            }
            byte[] content = Base64.getDecoder().decode(file.path("content").asText());
            return Optional.of(new StoredFile(content, file.path("sha").asText()));
        } catch (IOException | IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }

    /** By the lists: the lookup by branches gives the oldest one, even when a newer one is open (Gitea 1.26). */
    @Override
    public Optional<OwnPullRequest> newest(RepositoryId repository, String base, String branch)
            throws ClientException, InterruptedException {
        String tried = "find the pull request of " + branch + " of " + repository;
        for (String state : List.of("open", "closed")) {
            for (int page = 1; page <= MOST_PULL_PAGES; page++) {
                JsonNode pulls = api.get(
                        tried,
                        repository,
                        "/pulls?sort=newest&state=" + state + "&base_branch=" + GiteaApi.encoded(base) + "&limit="
                                + PULL_PAGE + "&page=" + page);
                for (JsonNode pull : pulls) {
                    if (isOf(pull, base, branch)) {
                        return Optional.of(now(tried, repository, branch, own(tried, pull)));
                    }
                }
                if (pulls.isEmpty()) {
                    break;
                }
            }
        }
        return Optional.empty();
    }

    /** With the branch's head: the pull request follows a push only after a while. */
    private OwnPullRequest now(String tried, RepositoryId repository, String branch, OwnPullRequest pull)
            throws ClientException, InterruptedException {
        if (!pull.open()) {
            return pull;
        }
        HttpResponse<byte[]> answer =
                api.send(tried, "GET", GiteaApi.of(repository) + "/branches/" + GiteaApi.encoded(branch));
        if (answer.statusCode() == 404) {
            return pull;
        }
        return pull.with(head(tried, GiteaApi.json(tried, GiteaApi.succeeded(tried, answer))));
    }

    /** The label keeps the branch's name after the branch is gone. */
    private static boolean isOf(JsonNode pull, String base, String branch) {
        return pull.path("base").path("ref").asText().equals(base)
                && pull.path("head").path("label").asText().equals(branch)
                && pull.path("head").path("repo_id").asLong(-1)
                        == pull.path("base").path("repo_id").asLong(-2);
    }

    private static OwnPullRequest own(String tried, JsonNode pull) throws ClientException {
        return new OwnPullRequest(
                pull.path("number").asLong(),
                pull.path("html_url").asText(),
                pull.path("state").asText().equals("open"),
                pull.path("merged").asBoolean(),
                commit(tried, pull.path("head").path("sha")));
    }

    @Override
    public void write(RepositoryId repository, Proposal proposal, Map<String, StoredFile> before)
            throws ClientException, InterruptedException {
        String tried = "write branch " + proposal.branch() + " of " + repository;
        List<Map<String, String>> files = new ArrayList<>();
        proposal.files().forEach((path, content) -> {
            Map<String, String> file = new LinkedHashMap<>();
            StoredFile known = before.get(path);
            file.put("operation", known == null ? "create" : "update");
            file.put("path", path);
            file.put("content", Base64.getEncoder().encodeToString(content));
            if (known != null) {
                file.put("sha", known.blob());
            }
            files.add(file);
        });
        Map<String, Object> commit = Map.of(
                "branch", proposal.base(),
                "new_branch", proposal.branch(),
                "force_push", true,
                "message", proposal.message(),
                "files", files);
        HttpResponse<byte[]> answer = api.send(tried, "POST", GiteaApi.of(repository) + "/contents", commit);
        if (answer.statusCode() == 422 && new String(answer.body(), UTF_8).contains("branch already exists")) {
            answer = writeAnew(tried, repository, proposal, commit);
        }
        if (answer.statusCode() == 422) {
            throw HttpCalls.failure(tried, answer)
                    .advising("if the base has moved meanwhile, read its files again and propose anew");
        }
        GiteaApi.succeeded(tried, answer);
    }

    /** Forgejo knows no force_push: the branch is deleted first, which may close its pull request. */
    private HttpResponse<byte[]> writeAnew(
            String tried, RepositoryId repository, Proposal proposal, Map<String, Object> commit)
            throws ClientException, InterruptedException {
        Optional<OwnPullRequest> pull =
                newest(repository, proposal.base(), proposal.branch()).filter(OwnPullRequest::open);
        String branch = GiteaApi.of(repository) + "/branches/" + GiteaApi.encoded(proposal.branch());
        GiteaApi.succeeded(tried, api.send(tried, "DELETE", branch));
        HttpResponse<byte[]> answer = api.send(tried, "POST", GiteaApi.of(repository) + "/contents", commit);
        if (pull.isPresent() && answer.statusCode() / 100 == 2) {
            String path = GiteaApi.of(repository) + "/pulls/" + pull.get().number();
            GiteaApi.succeeded(tried, api.send(tried, "PATCH", path, Map.of("state", "open")));
        }
        return answer;
    }

    @Override
    public OwnPullRequest open(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException {
        String tried = "open a pull request of " + proposal.branch() + " of " + repository;
        JsonNode pull = api.post(
                tried,
                repository,
                "/pulls",
                Map.of(
                        "base", proposal.base(),
                        "head", proposal.branch(),
                        "title", proposal.title(),
                        "body", proposal.body()));
        return own(tried, pull);
    }

    @Override
    public void describe(RepositoryId repository, long number, Proposal proposal)
            throws ClientException, InterruptedException {
        String tried = "describe pull request " + number + " of " + repository;
        GiteaApi.succeeded(
                tried,
                api.send(
                        tried,
                        "PATCH",
                        GiteaApi.of(repository) + "/pulls/" + number,
                        Map.of("title", proposal.title(), "body", proposal.body())));
    }
}
