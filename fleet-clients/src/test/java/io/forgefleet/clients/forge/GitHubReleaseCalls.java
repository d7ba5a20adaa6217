package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.forge.RecordedReleases.Asset;
import io.forgefleet.clients.forge.RecordedReleases.Release;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.List;

/** What GitHub documents of tags, releases and their files. */
final class GitHubReleaseCalls {

    private static final String NOT_FOUND = "{\"message\":\"Not Found\"}";

    /** However many are asked for. */
    private static final int PAGE = 2;

    private final String repo;
    private final String uploads;
    private final String url;
    private final RecordedRepository repository;
    private final RecordedReleases releases;

    GitHubReleaseCalls(String repo, String url, RecordedRepository repository, RecordedReleases releases) {
        this.repo = repo;
        this.uploads = repo.replace("/api/v3", "/api/uploads");
        this.url = url;
        this.repository = repository;
        this.releases = releases;
    }

    /** Answers what is about releases; false when it is about something else. */
    boolean answers(Asked asked) throws IOException {
        String path = asked.path();
        if (path.startsWith(repo + "/git/ref/tags/")) {
            ref(asked, asked.after(repo + "/git/ref/tags/"));
        } else if (path.startsWith(repo + "/git/tags/")) {
            String commit = asked.after(repo + "/git/tags/7a67");
            asked.answer(200, "{\"object\":{\"type\":\"commit\",\"sha\":\"" + unhidden(commit) + "\"}}");
        } else if (path.startsWith(RecordedForge.STORAGE)) {
            boolean withToken = asked.exchange().getRequestHeaders().getFirst("Authorization") != null;
            Asset asset = asset(Long.parseLong(asked.after(RecordedForge.STORAGE)));
            asked.answer(withToken ? 400 : 200, asset.content());
        } else if (path.startsWith(repo + "/releases")) {
            release(asked, path.substring((repo + "/releases").length()));
        } else if (path.startsWith(uploads + "/releases/")) {
            upload(asked);
        } else {
            return false;
        }
        return true;
    }

    private void ref(Asked asked, String tag) throws IOException {
        RecordedRepository.Tag known = repository.tags.get(tag);
        if (known == null) {
            asked.answer(404, NOT_FOUND);
            return;
        }
        String object = known.annotated()
                ? "{\"type\":\"tag\",\"sha\":\"" + hidden(known.commit()) + "\"}"
                : "{\"type\":\"commit\",\"sha\":\"" + known.commit() + "\"}";
        asked.answer(200, "{\"ref\":\"refs/tags/" + tag + "\",\"object\":" + object + "}");
    }

    /** The object of an annotated tag, named so that it tells its commit. */
    private static String hidden(String commit) {
        return "7a67" + commit.substring(4);
    }

    private String unhidden(String rest) {
        return repository.commits.keySet().stream()
                .filter(commit -> commit.endsWith(rest))
                .findFirst()
                .orElseThrow();
    }

    private void release(Asked asked, String rest) throws IOException {
        String method = asked.method();
        if (rest.isEmpty() && method.equals("GET")) {
            page(asked, releases.all.reversed().stream().map(this::told).toList());
        } else if (rest.isEmpty() && method.equals("POST")) {
            create(asked);
        } else if (rest.startsWith("/tags/")) {
            String tag = asked.after(repo + "/releases/tags/");
            Release found = releases.of(tag).stream()
                    .filter(release -> !release.draft)
                    .findFirst()
                    .orElse(null);
            asked.answer(found == null ? 404 : 200, found == null ? NOT_FOUND : told(found));
        } else if (rest.startsWith("/assets/")) {
            asset(asked, Long.parseLong(rest.substring("/assets/".length())));
        } else {
            Release release = releases.byId(Long.parseLong(rest.replaceAll("\\D", "")));
            if (release == null) {
                asked.answer(404, NOT_FOUND);
            } else if (rest.endsWith("/assets")) {
                page(
                        asked,
                        release.assets.stream()
                                .filter(asset -> asset.whole() || releases.listsHalves)
                                .map(this::told)
                                .toList());
            } else if (method.equals("PATCH")) {
                edit(release, asked.json());
                asked.answer(200, told(release));
            } else if (method.equals("DELETE")) {
                releases.all.remove(release);
                asked.answer(204, "");
            } else {
                asked.answer(200, told(release));
            }
        }
    }

    private void create(Asked asked) throws IOException {
        JsonNode wanted = asked.json();
        String tag = wanted.path("tag_name").asText();
        boolean draft = wanted.path("draft").asBoolean();
        if (!draft && releases.of(tag).stream().anyMatch(release -> !release.draft)) {
            asked.answer(422, "{\"message\":\"Validation Failed\",\"errors\":[{\"code\":\"already_exists\"}]}");
            return;
        }
        Release made = releases.add(tag, draft, "", "");
        edit(made, wanted);
        asked.answer(201, told(made));
    }

    private void edit(Release release, JsonNode wanted) {
        release.name = wanted.path("name").asText(release.name);
        release.body = wanted.path("body").asText(release.body);
        release.target = wanted.path("target_commitish").asText(release.target);
        release.latest = wanted.path("make_latest").asText(release.latest);
        release.prerelease = wanted.path("prerelease").asBoolean(release.prerelease);
        if (!wanted.path("draft").asBoolean(release.draft)) {
            releases.publish(release);
        }
    }

    private Asset asset(long id) {
        return releases.withAsset(id).assets.stream()
                .filter(asset -> asset.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private void asset(Asked asked, long id) throws IOException {
        Release release = releases.withAsset(id);
        if (release == null) {
            asked.answer(404, NOT_FOUND);
        } else if (asked.method().equals("DELETE")) {
            release.assets.removeIf(asset -> asset.id() == id);
            asked.answer(204, "");
        } else {
            asked.exchange().getResponseHeaders().set("Location", url + RecordedForge.STORAGE + id);
            asked.answer(302, "");
        }
    }

    private void upload(Asked asked) throws IOException {
        Release release = releases.byId(Long.parseLong(asked.path().replaceAll("\\D", "")));
        String name = asked.queried("name").replaceAll("[^A-Za-z0-9._+-]", ".");
        if (release.assets.stream().anyMatch(asset -> asset.name().equals(name))) {
            asked.answer(
                    422,
                    "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"ReleaseAsset\","
                            + "\"code\":\"already_exists\",\"field\":\"name\"}]}");
            return;
        }
        release.add(releases.id(), name, asked.content());
        asked.answer(201, told(release.assets.getLast()));
    }

    private void page(Asked asked, List<String> all) throws IOException {
        int page = Integer.parseInt(asked.queried("page"));
        if (all.size() > page * PAGE) {
            String next = url + asked.path() + "?page=" + (page + 1);
            asked.exchange().getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
        }
        int from = Math.min((page - 1) * PAGE, all.size());
        asked.answer(200, all.subList(from, Math.min(from + PAGE, all.size())).toString());
    }

    private String told(Release release) {
        return Json.mapper()
                .createObjectNode()
                .put("id", release.id)
                .put("tag_name", release.tag)
                .put("target_commitish", release.target)
                .put("name", release.name)
                .put("body", release.body)
                .put("draft", release.draft)
                .put("prerelease", release.prerelease)
                .put("html_url", "http://forge.example/team/app/releases/" + release.id)
                .put("upload_url", url + uploads + "/releases/" + release.id + "/assets{?name,label}")
                .put("published_at", release.draft ? null : RecordedReleases.time(release))
                .toString();
    }

    private String told(Asset asset) {
        ObjectNode told = Json.mapper()
                .createObjectNode()
                .put("id", asset.id())
                .put("name", asset.name())
                .put("size", asset.content().length)
                .put("state", asset.whole() ? "uploaded" : "starter")
                .put("browser_download_url", "http://forge.example/download/" + asset.name());
        if (releases.tellsDigests) {
            told.put("digest", "sha256:" + asset.sha256());
        }
        return told.toString();
    }
}
