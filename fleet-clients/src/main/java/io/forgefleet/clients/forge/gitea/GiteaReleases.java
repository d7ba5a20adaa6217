package io.forgefleet.clients.forge.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.release.PublishedRelease;
import io.forgefleet.clients.forge.release.ReleaseApi;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseJson;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.clients.forge.release.StoredAsset;
import io.forgefleet.clients.forge.release.StoredRelease;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Releases of Gitea and Forgejo, one for a tag at most. Neither tells digests: bytes are downloaded to be compared. */
public final class GiteaReleases implements ReleaseApi {

    private static final int PAGE = 50;
    private static final int MOST_PAGES = 20;

    private final GiteaApi api;

    public GiteaReleases(GiteaApi api) {
        this.api = api;
    }

    @Override
    public Optional<CommitId> tag(RepositoryId repository, String tag) throws ClientException, InterruptedException {
        String tried = "read tag " + tag + " of " + repository;
        HttpResponse<byte[]> answer =
                api.send(tried, "GET", GiteaApi.of(repository) + "/tags/" + GiteaApi.encoded(tag));
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        JsonNode told = GiteaApi.json(tried, GiteaApi.succeeded(tried, answer));
        try {
            return Optional.of(ReleaseJson.commit(told.path("commit").path("sha")));
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }

    @Override
    public List<StoredRelease> find(RepositoryId repository, String tag, RunId run)
            throws ClientException, InterruptedException {
        String tried = "find the release of tag " + tag + " of " + repository;
        HttpResponse<byte[]> answer =
                api.send(tried, "GET", GiteaApi.of(repository) + "/releases/tags/" + GiteaApi.encoded(tag));
        if (answer.statusCode() != 404) {
            return List.of(release(tried, GiteaApi.json(tried, GiteaApi.succeeded(tried, answer))));
        }
        for (JsonNode told : pages(tried, repository, "/releases?draft=true")) {
            // who does not know the filter lists all
            if (told.path("tag_name").asText().equals(tag) && told.path("draft").asBoolean()) {
                return List.of(release(tried, told));
            }
        }
        return List.of();
    }

    @Override
    public List<PublishedRelease> published(RepositoryId repository, int most)
            throws ClientException, InterruptedException {
        String tried = "list the releases of " + repository;
        List<PublishedRelease> published = new ArrayList<>();
        try {
            for (JsonNode told : pages(tried, repository, "/releases?draft=false")) {
                if (!told.path("draft").asBoolean()) {
                    published.add(ReleaseJson.published(told));
                }
            }
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
        return published.stream()
                .sorted(Comparator.comparing(PublishedRelease::at).reversed())
                .limit(most)
                .toList();
    }

    @Override
    public StoredRelease create(RepositoryId repository, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "draft the release of tag " + plan.tag() + " of " + repository;
        return release(tried, api.post(tried, repository, "/releases", body(plan, notes, true)));
    }

    @Override
    public StoredRelease describe(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "describe the release of tag " + plan.tag() + " of " + repository;
        return edit(tried, repository, draft, body(plan, notes, true));
    }

    @Override
    public StoredRelease publish(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "publish the release of tag " + plan.tag() + " of " + repository;
        return edit(tried, repository, draft, body(plan, notes, false));
    }

    private StoredRelease edit(String tried, RepositoryId repository, StoredRelease draft, Map<String, ?> body)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = api.send(tried, "PATCH", path(repository, draft), body);
        return release(tried, GiteaApi.json(tried, GiteaApi.succeeded(tried, answer)));
    }

    private static Map<String, ?> body(ReleasePlan plan, String notes, boolean draft) {
        return Map.of(
                "tag_name", plan.tag(),
                "target_commitish", plan.commit().value(),
                "name", plan.title(),
                "body", notes,
                "prerelease", plan.prerelease(),
                "draft", draft);
    }

    @Override
    public List<StoredAsset> assets(RepositoryId repository, StoredRelease release)
            throws ClientException, InterruptedException {
        String tried = "list the files of release " + release.id() + " of " + repository;
        JsonNode told = GiteaApi.json(
                tried, GiteaApi.succeeded(tried, api.send(tried, "GET", path(repository, release) + "/assets")));
        List<StoredAsset> assets = new ArrayList<>();
        for (JsonNode asset : told) {
            assets.add(asset(tried, asset));
        }
        return assets;
    }

    @Override
    public String nameOf(String name) {
        return name;
    }

    @Override
    public StoredAsset upload(RepositoryId repository, StoredRelease draft, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException {
        String tried = "upload " + asset.name() + " to release " + draft.id() + " of " + repository;
        HttpResponse<byte[]> answer = api.send(
                tried,
                path(repository, draft) + "/assets?name=" + GiteaApi.encoded(asset.name()),
                asset.mediaType(),
                asset.file(),
                ReleaseJson.transfer(asset.bytes()));
        return asset(tried, GiteaApi.json(tried, GiteaApi.succeeded(tried, answer)));
    }

    /** From its URL with a path of this forge: a forge may call itself by another address than it is reached at. */
    @Override
    public Digest digest(RepositoryId repository, StoredRelease release, StoredAsset asset)
            throws ClientException, InterruptedException {
        String tried = "download " + asset.name() + " of release " + release.id() + " of " + repository;
        URI at;
        try {
            at = api.here(URI.create(asset.url()));
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
        return api.digest(tried, at, asset.bytes(), ReleaseJson.transfer(asset.bytes()));
    }

    @Override
    public void delete(RepositoryId repository, StoredRelease draft, StoredAsset asset)
            throws ClientException, InterruptedException {
        delete(
                "delete " + asset.name() + " of release " + draft.id(),
                path(repository, draft) + "/assets/" + asset.id());
    }

    /** The tag stays: only the API by tag would delete it. */
    @Override
    public void delete(RepositoryId repository, StoredRelease draft) throws ClientException, InterruptedException {
        delete("delete the draft of release " + draft.id() + " of " + repository, path(repository, draft));
    }

    private void delete(String tried, String path) throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = api.send(tried, "DELETE", path);
        if (answer.statusCode() != 404) {
            GiteaApi.succeeded(tried, answer);
        }
    }

    private List<JsonNode> pages(String tried, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        for (int page = 1; page <= MOST_PAGES; page++) {
            JsonNode list = api.get(tried, repository, path + "&limit=" + PAGE + "&page=" + page);
            if (!list.isArray()) {
                throw GiteaApi.notUnderstood(tried, new IOException("it is no list"));
            }
            if (list.isEmpty()) {
                break;
            }
            list.forEach(all::add);
        }
        return all;
    }

    private static String path(RepositoryId repository, StoredRelease release) {
        return GiteaApi.of(repository) + "/releases/" + release.id();
    }

    private static StoredRelease release(String tried, JsonNode told) throws ClientException {
        try {
            return ReleaseJson.release(told);
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }

    private static StoredAsset asset(String tried, JsonNode told) throws ClientException {
        try {
            return ReleaseJson.asset(told);
        } catch (IllegalArgumentException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }
}
