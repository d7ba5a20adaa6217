package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.ChangeApi;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.Proposals;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.clients.forge.gitea.GiteaApi;
import io.forgefleet.clients.forge.gitea.GiteaChanges;
import io.forgefleet.clients.forge.gitea.GiteaLabels;
import io.forgefleet.clients.forge.gitea.GiteaReleases;
import io.forgefleet.clients.forge.gitea.GiteaRights;
import io.forgefleet.clients.forge.release.Releases;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Gitea and Forgejo. */
final class GiteaForge implements Forge {

    /** How a draft is marked where the API has no field for it (Gitea before 1.16). */
    private static final Pattern DRAFT_TITLE = Pattern.compile("(?i)^\\s*(\\[WIP]|WIP:).*", Pattern.DOTALL);

    /** On a page: Gitea gives no more than this unless it is told to. */
    private static final int PULLS = 50;

    private final String url;
    private final String token;
    private final GiteaApi api;
    private final GiteaRights rights;
    private final ChangeApi changes;

    GiteaForge(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.api = new GiteaApi(url, token, timeout);
        this.rights = new GiteaRights(api);
        this.changes = new GiteaChanges(api);
    }

    @Override
    public PullRequestState pullRequest(RepositoryId repository, long number)
            throws ClientException, InterruptedException {
        String tried = "read pull request " + number + " of " + repository;
        JsonNode pull = api.get(tried, repository, "/pulls/" + number);
        try {
            JsonNode head = pull.path("head");
            String headRepository = head.path("repo").path("full_name").asText("");
            String baseRepository =
                    pull.path("base").path("repo").path("full_name").asText(repository.path());
            JsonNode draft = pull.path("draft");
            Set<String> labels = new HashSet<>();
            pull.path("labels").forEach(label -> labels.add(label.path("name").asText("")));
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
                            : DRAFT_TITLE.matcher(pull.path("title").asText("")).matches(),
                    pull.path("user").path("login").asText(""),
                    labels);
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }

    @Override
    public Map<Long, CommitId> openPullRequests(RepositoryId repository) throws ClientException, InterruptedException {
        String tried = OpenPullRequests.tried(repository);
        OpenPullRequests all = new OpenPullRequests(repository);
        for (int page = 1; ; page++) {
            JsonNode pulls = api.get(tried, repository, "/pulls?state=open&limit=" + PULLS + "&page=" + page);
            if (!pulls.isArray()) {
                throw GiteaApi.notUnderstood(tried, new IOException("it is no list"));
            }
            if (pulls.isEmpty()) {
                return all.heads();
            }
            try {
                for (JsonNode pull : pulls) {
                    all.add(
                            pull.path("number").asLong(),
                            pull.path("head").path("sha").asText(""));
                }
            } catch (IllegalArgumentException e) {
                throw GiteaApi.notUnderstood(tried, e);
            }
            if (page * PULLS > MOST_OPEN + PULLS) {
                throw GiteaApi.notUnderstood(tried, new IOException("its pages do not end"));
            }
        }
    }

    @Override
    public boolean mayWrite(RepositoryId repository, String login) throws ClientException, InterruptedException {
        return AccountName.isPossible(login) && rights.mayWrite(repository, login);
    }

    @Override
    public Optional<LabelChange> lastLabelChange(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        return new GiteaLabels(api).last(repository, number, since);
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
        api.post(
                "post status " + status.context() + " of " + repository + "@" + commit,
                repository,
                "/statuses/" + commit,
                Map.of(
                        "context", status.context(),
                        "state", status.state().name().toLowerCase(Locale.ROOT),
                        "description", status.description(),
                        "target_url", status.targetUrl()));
    }

    /** None: neither shows findings. */
    @Override
    public Optional<CodeScans> codeScans() {
        return Optional.empty();
    }

    @Override
    public Releases releases() {
        return new Releases(new GiteaReleases(api));
    }

    @Override
    public GitRemote remote(RepositoryId repository) {
        return new GitRemote(url + "/" + repository.path() + ".git", "forgefleet", token);
    }
}
