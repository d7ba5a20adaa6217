package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.forge.repository.Release.Attachment;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Forgejo's JSON of tags and releases (its {@code modules/structs/release.go}). */
final class ReleaseShapes {

    private final Shapes shapes;

    ReleaseShapes(Shapes shapes) {
        this.shapes = shapes;
    }

    JsonObject tag(Repository repository, String name, String commit) {
        return new JsonObject()
                .put("name", name)
                .put("message", "")
                .put("id", commit)
                .put(
                        "commit",
                        new JsonObject()
                                .put("sha", commit)
                                .put("url", shapes.api(repository) + "/git/commits/" + commit))
                .put("zipball_url", "")
                .put("tarball_url", "");
    }

    JsonObject release(Repository repository, Release release) {
        String api = shapes.api(repository) + "/releases/" + release.id();
        List<JsonObject> files = release.attachments().stream()
                .map(file -> attachment(repository, release, file))
                .toList();
        return new JsonObject()
                .put("id", release.id())
                .put("tag_name", release.tag())
                .put("target_commitish", release.target())
                .put("name", release.title())
                .put("body", release.notes())
                .put("url", api)
                .put("html_url", shapes.page(repository) + "/releases/tag/" + encoded(release.tag()))
                .put("tarball_url", "")
                .put("zipball_url", "")
                .put("upload_url", api + "/assets")
                .put("draft", release.isDraft())
                .put("prerelease", release.prerelease())
                .put("created_at", Shapes.time(release.createdAt()))
                .put("published_at", Shapes.time(release.publishedAt().orElse(release.createdAt())))
                .put("author", shapes.account(release.author()))
                .put("assets", Shapes.array(files));
    }

    JsonObject attachment(Repository repository, Release release, Attachment file) {
        return new JsonObject()
                .put("id", file.id())
                .put("name", file.name())
                .put("size", file.size())
                .put("download_count", 0)
                .put("created_at", Shapes.time(file.createdAt()))
                .put("uuid", file.uuid())
                .put(
                        "browser_download_url",
                        shapes.page(repository) + "/releases/download/" + encoded(release.tag()) + "/"
                                + encoded(file.name()));
    }

    /** The payload of a webhook. */
    JsonObject hook(Repository repository, Account sender, String action, Release release) {
        return new JsonObject()
                .put("action", action)
                .put("release", release(repository, release))
                .put(
                        "repository",
                        shapes.repository(repository, repository.permissionOf(Optional.of(repository.owner()))))
                .put("sender", shapes.account(sender));
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
