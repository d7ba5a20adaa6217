package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.forge.repository.Release.Attachment;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** Tags, releases and their files. Drafts are for those who may write. */
final class ReleaseApi {

    private final ReleaseShapes shapes;
    private final Happenings happenings;

    ReleaseApi(ReleaseShapes shapes, Happenings happenings) {
        this.shapes = shapes;
        this.happenings = happenings;
    }

    ApiAnswer tag(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        String name = call.path("tag");
        return ApiAnswer.of(
                200,
                repository
                        .git()
                        .commit("refs/tags/" + name)
                        .map(commit -> shapes.tag(repository, name, commit))
                        .orElseThrow(() -> new RefusedException(404, "no tag " + name)));
    }

    ApiAnswer list(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        boolean writer = repository.permissionOf(call.caller()).allows(Permission.WRITE);
        String drafts = call.query("draft").orElse("");
        return ApiAnswer.page(
                call,
                repository
                        .releases()
                        .list(release -> (writer || !release.isDraft())
                                && (drafts.isEmpty() || drafts.equals(String.valueOf(release.isDraft())))),
                release -> shapes.release(repository, release));
    }

    ApiAnswer byTag(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        String tag = call.path("tag");
        return ApiAnswer.of(
                200,
                repository.releases().list(release -> release.tag().equals(tag) && !release.isDraft()).stream()
                        .findFirst()
                        .map(release -> shapes.release(repository, release))
                        .orElseThrow(() -> new RefusedException(404, "no release of the tag " + tag)));
    }

    ApiAnswer get(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        return ApiAnswer.of(200, shapes.release(repository, seen(call, repository)));
    }

    private static Release seen(ApiCall call, Repository repository) {
        Release release = repository.releases().get(call.number());
        if (release.isDraft() && !repository.permissionOf(call.caller()).allows(Permission.WRITE)) {
            throw new RefusedException(404, "no release " + call.number());
        }
        return release;
    }

    ApiAnswer create(ApiCall call) {
        Account author = call.person();
        Repository repository = call.repository(Permission.WRITE);
        Release.Text text = text(call, new Release.Text(Repository.DEFAULT_BRANCH, "", "", false));
        Release made = happenings.release(
                repository, author, call.text("tag_name").orElse(""), text, call.flag("draft", false));
        return ApiAnswer.of(201, shapes.release(repository, made));
    }

    ApiAnswer edit(ApiCall call) {
        Account editor = call.person();
        Repository repository = call.repository(Permission.WRITE);
        Release old = repository.releases().get(call.number());
        boolean draft = call.flag("draft", old.isDraft());
        Release edited = happenings.editRelease(repository, editor, old, text(call, old.text()), draft);
        return ApiAnswer.of(200, shapes.release(repository, edited));
    }

    private static Release.Text text(ApiCall call, Release.Text old) {
        return new Release.Text(
                call.text("target_commitish")
                        .filter(target -> !target.isEmpty())
                        .orElse(old.target()),
                call.text("name").orElse(old.title()),
                call.text("body").orElse(old.notes()),
                call.flag("prerelease", old.prerelease()));
    }

    ApiAnswer delete(ApiCall call) {
        Account by = call.person();
        Repository repository = call.repository(Permission.WRITE);
        happenings.deleteRelease(repository, by, call.number());
        return ApiAnswer.empty(204);
    }

    ApiAnswer attachments(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        Release release = seen(call, repository);
        List<JsonObject> files = release.attachments().stream()
                .map(file -> shapes.attachment(repository, release, file))
                .toList();
        return ApiAnswer.list(new JsonArray(files));
    }

    /** A form field {@code attachment}, which is on disk already. */
    ApiAnswer attach(ApiCall call) {
        Repository repository = call.repository(Permission.WRITE);
        Release release = repository.releases().get(call.number());
        ApiCall.Upload upload = call.upload("attachment");
        Attachment file =
                repository.releases().attach(release.id(), call.query("name").orElse(upload.name()), upload.file());
        return ApiAnswer.of(201, shapes.attachment(repository, release, file));
    }

    ApiAnswer detach(ApiCall call) {
        Repository repository = call.repository(Permission.WRITE);
        repository.releases().detach(call.number(), ApiCall.number(call.path("file")));
        return ApiAnswer.empty(204);
    }

    /** The file that a link on a release's page leads to. */
    Path download(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        boolean writer = repository.permissionOf(call.caller()).allows(Permission.WRITE);
        String tag = call.path("tag");
        String name = call.path("file");
        return repository
                .releases()
                .list(release -> release.tag().equals(tag) && (writer || !release.isDraft()))
                .stream()
                .flatMap(release -> release.attachments().stream())
                .filter(file -> file.name().equals(name))
                .findFirst()
                .map(Attachment::file)
                .orElseThrow(() -> new RefusedException(404, "no file " + name + " of the release " + tag));
    }
}
