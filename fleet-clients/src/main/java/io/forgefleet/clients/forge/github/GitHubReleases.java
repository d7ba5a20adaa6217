package io.forgefleet.clients.forge.github;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.release.PublishedRelease;
import io.forgefleet.clients.forge.release.ReleaseApi;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseJson;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.clients.forge.release.StoredAsset;
import io.forgefleet.clients.forge.release.StoredRelease;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Releases of GitHub, asked directly: github-api holds a whole file in memory and knows no digests. A draft is found in the
 * list only, never by its tag.
 */
public final class GitHubReleases implements ReleaseApi {

    private static final int PAGE = 100;

    /** GitHub lists the newest 10,000 at most; a draft of today is on the first pages. */
    private static final int MOST_PAGES = 10;

    private static final int MOST_TAGS_OF_TAGS = 5;

    private final GitHubApi api;

    public GitHubReleases(GitHubApi api) {
        this.api = api;
    }

    @Override
    public Optional<CommitId> tag(RepositoryId repository, String tag) throws ClientException, InterruptedException {
        String tried = "read tag " + tag + " of " + repository;
        String path =
                Arrays.stream(tag.split("/", -1)).map(GitHubReleases::encoded).collect(Collectors.joining("/"));
        Optional<JsonNode> ref = found(tried, repository, "/git/ref/tags/" + path);
        if (ref.isEmpty()) {
            return Optional.empty();
        }
        JsonNode object = ref.get().path("object");
        for (int i = 0; i < MOST_TAGS_OF_TAGS && object.path("type").asText().equals("tag"); i++) {
            String id = commit(tried, object.path("sha")).value();
            object = get(tried, repository, "/git/tags/" + id).path("object");
        }
        return Optional.of(commit(tried, object.path("sha")));
    }

    @Override
    public List<StoredRelease> find(RepositoryId repository, String tag, RunId run)
            throws ClientException, InterruptedException {
        String tried = "find the release of tag " + tag + " of " + repository;
        Map<String, StoredRelease> found = new LinkedHashMap<>();
        Optional<JsonNode> published = found(tried, repository, "/releases/tags/" + encoded(tag));
        if (published.isPresent()) {
            StoredRelease release = release(tried, published.get());
            found.put(release.id(), release);
        }
        for (JsonNode told : pages(tried, repository, "/releases", MOST_PAGES)) {
            if (told.path("tag_name").asText().equals(tag)) {
                StoredRelease release = release(tried, told);
                found.put(release.id(), release);
            }
        }
        return List.copyOf(found.values());
    }

    @Override
    public List<PublishedRelease> published(RepositoryId repository, int most)
            throws ClientException, InterruptedException {
        String tried = "list the releases of " + repository;
        List<PublishedRelease> published = new ArrayList<>();
        try {
            for (JsonNode told : pages(tried, repository, "/releases", MOST_PAGES)) {
                if (!told.path("draft").asBoolean()) {
                    published.add(ReleaseJson.published(told));
                }
            }
        } catch (IllegalArgumentException e) {
            throw GitHubApi.notUnderstood(tried, e);
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
        return release(tried, json(tried, api.send(tried, repository, "POST", "/releases", body(plan, notes))));
    }

    @Override
    public StoredRelease describe(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "describe the release of tag " + plan.tag() + " of " + repository;
        return release(
                tried, json(tried, api.send(tried, repository, "PATCH", "/releases/" + draft.id(), body(plan, notes))));
    }

    private static byte[] body(ReleasePlan plan, String notes) {
        return Json.write(Map.of(
                "tag_name", plan.tag(),
                "target_commitish", plan.commit().value(),
                "name", plan.title(),
                "body", notes,
                "prerelease", plan.prerelease(),
                "draft", true));
    }

    @Override
    public StoredRelease publish(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "publish the release of tag " + plan.tag() + " of " + repository;
        boolean latest = plan.latest() && !plan.prerelease();
        byte[] body = Json.write(Map.of("draft", false, "make_latest", String.valueOf(latest)));
        return release(tried, json(tried, api.send(tried, repository, "PATCH", "/releases/" + draft.id(), body)));
    }

    /** By the list: the release itself names neither all files of many, nor half-made ones. */
    @Override
    public List<StoredAsset> assets(RepositoryId repository, StoredRelease release)
            throws ClientException, InterruptedException {
        String tried = "list the files of release " + release.id() + " of " + repository;
        List<StoredAsset> assets = new ArrayList<>();
        for (JsonNode told : pages(tried, repository, "/releases/" + release.id() + "/assets", MOST_PAGES)) {
            assets.add(asset(tried, told));
        }
        return assets;
    }

    /** Other characters than these become dots, of which none stay in a row or at an end. */
    @Override
    public String nameOf(String name) {
        return name.replaceAll("[^A-Za-z0-9._+-]", ".")
                .replaceAll("\\.{2,}", ".")
                .replaceAll("^\\.|\\.$", "");
    }

    @Override
    public StoredAsset upload(RepositoryId repository, StoredRelease draft, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException {
        String tried = "upload " + asset.name() + " to release " + draft.id() + " of " + repository;
        URI to;
        try {
            to = URI.create(draft.uploadTo().replaceFirst("\\{.*", "") + "?name=" + encoded(asset.name()));
        } catch (IllegalArgumentException e) {
            throw GitHubApi.notUnderstood(tried, e);
        }
        HttpResponse<byte[]> answer =
                api.send(tried, to, asset.mediaType(), asset.file(), ReleaseJson.transfer(asset.bytes()));
        return asset(tried, json(tried, answer));
    }

    @Override
    public Digest digest(RepositoryId repository, StoredRelease release, StoredAsset asset)
            throws ClientException, InterruptedException {
        String tried = "download " + asset.name() + " of release " + release.id() + " of " + repository;
        return api.digest(
                tried,
                repository,
                "/releases/assets/" + asset.id(),
                asset.bytes(),
                ReleaseJson.transfer(asset.bytes()));
    }

    @Override
    public void delete(RepositoryId repository, StoredRelease draft, StoredAsset asset)
            throws ClientException, InterruptedException {
        delete("delete " + asset.name() + " of release " + draft.id(), repository, "/releases/assets/" + asset.id());
    }

    @Override
    public void delete(RepositoryId repository, StoredRelease draft) throws ClientException, InterruptedException {
        delete("delete the draft of release " + draft.id(), repository, "/releases/" + draft.id());
    }

    private void delete(String what, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        String tried = what + " of " + repository;
        HttpResponse<byte[]> answer = api.send(tried, repository, "DELETE", path, null);
        if (answer.statusCode() != 404) {
            succeeded(tried, answer);
        }
    }

    private List<JsonNode> pages(String tried, RepositoryId repository, String path, int most)
            throws ClientException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        for (int page = 1; page <= most; page++) {
            HttpResponse<byte[]> answer =
                    succeeded(tried, send(tried, repository, path + "?per_page=" + PAGE + "&page=" + page));
            JsonNode list = GitHubApi.json(tried, answer);
            if (!list.isArray()) {
                throw GitHubApi.notUnderstood(tried, new IOException("it is no list"));
            }
            list.forEach(all::add);
            if (!answer.headers().firstValue("Link").orElse("").contains("rel=\"next\"")) {
                break;
            }
        }
        return all;
    }

    private HttpResponse<byte[]> send(String tried, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        return api.send(tried, repository, "GET", path, null);
    }

    private JsonNode get(String tried, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        return json(tried, send(tried, repository, path));
    }

    private Optional<JsonNode> found(String tried, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = send(tried, repository, path);
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(json(tried, answer));
    }

    private static JsonNode json(String tried, HttpResponse<byte[]> answer) throws ClientException {
        return GitHubApi.json(tried, succeeded(tried, answer));
    }

    private static HttpResponse<byte[]> succeeded(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        ClientException failure = HttpCalls.failure(tried, answer);
        throw failure.kind() == Kind.UNAUTHORIZED || failure.kind() == Kind.NOT_FOUND
                ? failure.advising("the token needs write access to the repository (of an app: Contents, write)")
                : failure;
    }

    private static StoredRelease release(String tried, JsonNode told) throws ClientException {
        try {
            return ReleaseJson.release(told);
        } catch (IllegalArgumentException e) {
            throw GitHubApi.notUnderstood(tried, e);
        }
    }

    private static StoredAsset asset(String tried, JsonNode told) throws ClientException {
        try {
            return ReleaseJson.asset(told);
        } catch (IllegalArgumentException e) {
            throw GitHubApi.notUnderstood(tried, e);
        }
    }

    private static CommitId commit(String tried, JsonNode id) throws ClientException {
        try {
            return ReleaseJson.commit(id);
        } catch (IllegalArgumentException e) {
            throw GitHubApi.notUnderstood(tried, e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
