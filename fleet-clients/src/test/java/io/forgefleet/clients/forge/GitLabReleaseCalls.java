package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.forge.RecordedReleases.Asset;
import io.forgefleet.clients.forge.RecordedReleases.Release;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What GitLab documents of tags, releases and generic packages. A draft of the recorded releases is a package here, its name the
 * version; a published one has the files that its links name.
 */
final class GitLabReleaseCalls {

    private static final String NOT_FOUND = "{\"message\":\"404 Not found\"}";
    private static final int PAGE = 2;

    private final String project;
    private final String url;
    private final RecordedRepository repository;
    private final RecordedReleases releases;
    private final Pattern generic;
    private final Pattern packageFiles;

    GitLabReleaseCalls(String project, String url, RecordedRepository repository, RecordedReleases releases) {
        this.project = project;
        this.url = url;
        this.repository = repository;
        this.releases = releases;
        this.generic =
                Pattern.compile(Pattern.quote(project + "/packages/generic/forgefleet-release/") + "([^/]+)/([^/]+)");
        this.packageFiles =
                Pattern.compile(Pattern.quote(project + "/packages/") + "([0-9]+)(/package_files(/([0-9]+))?)?");
    }

    /** Answers what is about releases; false when it is about something else. */
    boolean answers(Asked asked) throws IOException {
        String path = asked.path();
        Matcher file = generic.matcher(path);
        Matcher packages = packageFiles.matcher(path);
        if (path.startsWith(project + "/repository/tags/")) {
            RecordedRepository.Tag tag = repository.tags.get(asked.after(project + "/repository/tags/"));
            asked.answer(
                    tag == null ? 404 : 200,
                    tag == null ? NOT_FOUND : "{\"commit\":{\"id\":\"" + tag.commit() + "\"}}");
        } else if (path.equals(project + "/releases")) {
            releases(asked);
        } else if (path.startsWith(project + "/releases/")) {
            Release found = published(asked.after(project + "/releases/"));
            asked.answer(found == null ? 404 : 200, found == null ? NOT_FOUND : told(found));
        } else if (path.equals(project + "/packages")) {
            page(asked, packages(asked.queried("package_version")));
        } else if (file.matches() && asked.method().equals("PUT")) {
            upload(asked, file.group(1), file.group(2));
        } else if (packages.matches()) {
            packageFiles(asked, Long.parseLong(packages.group(1)), packages.group(2), packages.group(4));
        } else {
            return false;
        }
        return true;
    }

    private Release published(String tag) {
        return releases.of(tag).stream()
                .filter(release -> !release.draft)
                .findFirst()
                .orElse(null);
    }

    private void releases(Asked asked) throws IOException {
        if (asked.method().equals("GET")) {
            page(
                    asked,
                    releases.all.reversed().stream()
                            .filter(release -> !release.draft)
                            .map(this::told)
                            .toList());
            return;
        }
        JsonNode wanted = asked.json();
        String tag = wanted.path("tag_name").asText();
        if (published(tag) != null) {
            asked.answer(409, "{\"message\":\"Release already exists\"}");
        } else if (!repository.tags.containsKey(tag)) {
            asked.answer(422, "{\"message\":\"Ref is not specified\"}");
        } else {
            asked.answer(201, told(publish(wanted, tag)));
        }
    }

    private Release publish(JsonNode wanted, String tag) {
        Release made = releases.add(
                tag,
                false,
                wanted.path("name").asText(),
                wanted.path("description").asText());
        for (JsonNode link : wanted.path("assets").path("links")) {
            Matcher target = generic.matcher(link.path("url").asText().substring(url.length()));
            if (!target.matches() || !link.path("direct_asset_path").asText().startsWith("/")) {
                throw new IllegalStateException("a link leads nowhere: " + link);
            }
            Release packed = packageOf(target.group(1));
            Asset asset = packed.assets.stream()
                    .filter(each -> each.name().equals(link.path("name").asText()))
                    .findFirst()
                    .orElseThrow();
            made.add(releases.id(), asset.name(), asset.content());
        }
        return made;
    }

    /** Packages are the drafts of recorded releases. */
    private Release packageOf(String version) {
        return releases.all.stream()
                .filter(release -> release.draft && release.name.equals(version))
                .findFirst()
                .orElse(null);
    }

    private List<String> packages(String version) {
        List<String> all = new ArrayList<>(List.of("{\"id\":1,\"name\":\"forgefleet-release-x\",\"version\":\"1\"}"));
        for (Release release : releases.all) {
            if (release.draft && release.name.startsWith(version)) {
                all.add("{\"id\":%d,\"name\":\"forgefleet-release\",\"version\":\"%s\",\"status\":\"default\"}"
                        .formatted(release.id, release.name));
            }
        }
        return all;
    }

    /** The same name twice is taken, and then the newest is served. */
    private void upload(Asked asked, String version, String name) throws IOException {
        Release known = packageOf(version);
        Release into =
                known != null ? known : releases.add(version.replaceFirst("-[0-9a-f]{24}$", ""), true, version, "");
        into.add(
                releases.id(),
                asked.after(asked.path().substring(0, asked.path().length() - name.length())),
                asked.content());
        asked.answer(201, told(into, into.assets.getLast()));
    }

    private void packageFiles(Asked asked, long id, String files, String file) throws IOException {
        Release known = releases.byId(id);
        if (known == null) {
            asked.answer(404, NOT_FOUND);
        } else if (files == null) {
            releases.all.remove(known);
            asked.answer(204, "");
        } else if (file == null) {
            page(asked, known.assets.stream().map(asset -> told(known, asset)).toList());
        } else {
            known.assets.removeIf(asset -> asset.id() == Long.parseLong(file));
            asked.answer(204, "");
        }
    }

    private static String told(Release packed, Asset asset) {
        return "{\"id\":%d,\"package_id\":%d,\"file_name\":\"%s\",\"size\":%d,\"file_sha256\":\"%s\"}"
                .formatted(asset.id(), packed.id, asset.name(), asset.content().length, asset.sha256());
    }

    private String told(Release release) {
        return Json.mapper()
                .createObjectNode()
                .put("tag_name", release.tag)
                .put("name", release.name)
                .put("description", release.body)
                .put("released_at", RecordedReleases.time(release))
                .put("upcoming_release", false)
                .set(
                        "_links",
                        Json.mapper().createObjectNode().put("self", "http://forge.example/-/releases/" + release.id))
                .toString();
    }

    private void page(Asked asked, List<String> all) throws IOException {
        int page = Integer.parseInt(asked.queried("page"));
        int from = Math.min((page - 1) * PAGE, all.size());
        boolean more = all.size() > page * PAGE;
        asked.exchange().getResponseHeaders().set("X-Next-Page", more ? String.valueOf(page + 1) : "");
        asked.answer(200, all.subList(from, Math.min(from + PAGE, all.size())).toString());
    }
}
