package io.forgefleet.clients.forge.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.release.PublishedRelease;
import io.forgefleet.clients.forge.release.ReleaseApi;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseJson;
import io.forgefleet.clients.forge.release.ReleaseMarker;
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
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Releases of GitLab, which knows no drafts: here a draft is the run's package of files, its id the package's version, and to
 * publish is to make the release, whose links lead to the package.
 */
public final class GitLabReleases implements ReleaseApi {

    private final GitLabCalls calls;
    private final GitLabPackages packages;

    public GitLabReleases(GitLabCalls calls) {
        this.calls = calls;
        this.packages = new GitLabPackages(calls);
    }

    @Override
    public Optional<CommitId> tag(RepositoryId repository, String tag) throws ClientException, InterruptedException {
        String tried = "read tag " + tag + " of " + repository;
        HttpResponse<byte[]> answer =
                calls.send(tried, repository, "GET", "/repository/tags/" + GitLabCalls.encoded(tag), null);
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        JsonNode told = GitLabPackages.json(tried, answer);
        try {
            return Optional.of(ReleaseJson.commit(told.path("commit").path("id")));
        } catch (IllegalArgumentException e) {
            throw GitLabPackages.notUnderstood(tried, e);
        }
    }

    @Override
    public List<StoredRelease> find(RepositoryId repository, String tag, RunId run)
            throws ClientException, InterruptedException {
        String tried = "find the release of tag " + tag + " of " + repository;
        HttpResponse<byte[]> answer =
                calls.send(tried, repository, "GET", "/releases/" + GitLabCalls.encoded(tag), null);
        if (answer.statusCode() != 404) {
            return List.of(release(tried, GitLabPackages.json(tried, answer)));
        }
        String version = GitLabPackages.version(tag, run);
        if (packages.find(repository, version).isEmpty()) {
            return List.of();
        }
        List<String> names = packages.files(repository, version).stream()
                .map(StoredAsset::name)
                .toList();
        return List.of(draft(version, "", new ReleaseMarker(run, names).after(""), false));
    }

    private static StoredRelease draft(String version, String title, String notes, boolean prerelease) {
        return new StoredRelease(version, "", "", true, title, notes, prerelease);
    }

    private static StoredRelease release(String tried, JsonNode told) throws ClientException {
        String tag = told.path("tag_name").asText();
        if (tag.isEmpty()) {
            throw GitLabPackages.notUnderstood(tried, new IOException("it is no release"));
        }
        String notes = told.path("description").asText("");
        String version = ReleaseMarker.runOf(notes)
                .map(run -> GitLabPackages.version(tag, run))
                .orElse("");
        String url = told.path("_links").path("self").asText("");
        return new StoredRelease(version, url, "", false, told.path("name").asText(""), notes, false);
    }

    @Override
    public List<PublishedRelease> published(RepositoryId repository, int most)
            throws ClientException, InterruptedException {
        String tried = "list the releases of " + repository;
        List<PublishedRelease> published = new ArrayList<>();
        String path = "/releases?order_by=released_at&sort=desc";
        for (JsonNode told : packages.pages(tried, repository, path, most)) {
            try {
                // one of the future is none yet
                if (!told.path("upcoming_release").asBoolean()) {
                    published.add(new PublishedRelease(
                            told.path("tag_name").asText(),
                            told.path("_links").path("self").asText(""),
                            false,
                            ReleaseJson.time(told.path("released_at").asText())));
                }
            } catch (IllegalArgumentException e) {
                throw GitLabPackages.notUnderstood(tried, e);
            }
        }
        return published.subList(0, Math.min(most, published.size()));
    }

    /** Nothing yet: the first file makes the package. */
    @Override
    public StoredRelease create(RepositoryId repository, ReleasePlan plan, String notes) {
        return draft(GitLabPackages.version(plan.tag(), plan.run()), plan.title(), notes, plan.prerelease());
    }

    @Override
    public StoredRelease describe(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes) {
        return draft(draft.id(), plan.title(), notes, plan.prerelease());
    }

    @Override
    public StoredRelease publish(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException {
        String tried = "publish the release of tag " + plan.tag() + " of " + repository;
        List<Map<String, String>> links = new ArrayList<>();
        for (ReleaseAsset asset : plan.assets()) {
            links.add(Map.of(
                    "name",
                    asset.name(),
                    "url",
                    calls.url(repository) + GitLabPackages.path(draft.id(), asset.name()),
                    "direct_asset_path",
                    "/" + asset.name(),
                    "link_type",
                    "package"));
        }
        byte[] body = Json.write(Map.of(
                "tag_name", plan.tag(),
                "name", plan.title(),
                "description", notes,
                "assets", Map.of("links", links)));
        HttpResponse<byte[]> answer = calls.send(tried, repository, "POST", "/releases", body);
        if (answer.statusCode() / 100 != 2) {
            ClientException failure = HttpCalls.failure(tried, answer);
            throw failure.kind() == Kind.UNAUTHORIZED
                    ? failure.advising("the token needs the scope api, and the role Developer; where the tag is"
                            + " protected, the right to create it")
                    : failure;
        }
        return release(tried, GitLabPackages.json(tried, answer));
    }

    @Override
    public List<StoredAsset> assets(RepositoryId repository, StoredRelease release)
            throws ClientException, InterruptedException {
        return release.id().isEmpty() ? List.of() : packages.files(repository, release.id());
    }

    @Override
    public String nameOf(String name) {
        return name;
    }

    @Override
    public StoredAsset upload(RepositoryId repository, StoredRelease draft, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException {
        return packages.upload(repository, draft.id(), asset);
    }

    @Override
    public Digest digest(RepositoryId repository, StoredRelease release, StoredAsset asset)
            throws ClientException, InterruptedException {
        String tried = "download " + asset.name() + " of package " + release.id() + " of " + repository;
        return calls.digest(
                tried,
                repository,
                GitLabPackages.path(release.id(), asset.name()),
                asset.bytes(),
                ReleaseJson.transfer(asset.bytes()));
    }

    @Override
    public void delete(RepositoryId repository, StoredRelease draft, StoredAsset asset)
            throws ClientException, InterruptedException {
        packages.delete("delete " + asset.name() + " of package " + draft.id(), repository, asset.id());
    }

    @Override
    public void delete(RepositoryId repository, StoredRelease draft) throws ClientException, InterruptedException {
        Optional<String> known = packages.find(repository, draft.id());
        if (known.isPresent()) {
            packages.delete("delete package " + draft.id(), repository, known.get());
        }
    }
}
