package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.Commit;
import io.forgefleet.host.forge.git.GitRepository;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Accounts;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Repositories, branches, files, rights and commit statuses. */
final class RepositoryApi {

    private final Accounts accounts;
    private final Shapes shapes;
    private final Happenings happenings;

    RepositoryApi(Accounts accounts, Shapes shapes, Happenings happenings) {
        this.accounts = accounts;
        this.shapes = shapes;
        this.happenings = happenings;
    }

    /** Who asks. */
    ApiAnswer user(ApiCall call) {
        return ApiAnswer.of(200, shapes.account(call.person()));
    }

    ApiAnswer repository(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        return ApiAnswer.of(200, shapes.repository(repository, repository.permissionOf(call.caller())));
    }

    ApiAnswer branch(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        String name = call.path("branch");
        Commit commit = repository
                .git()
                .branch(name)
                .flatMap(id ->
                        repository.git().log(id, Optional.empty(), 1).stream().findFirst())
                .orElseThrow(() -> new RefusedException(404, "no branch " + name));
        return ApiAnswer.of(200, shapes.branch(repository, name, commit));
    }

    /** A file; {@code ref} is a branch, tag or commit, without one the default branch. */
    ApiAnswer raw(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        String ref = call.query("ref").orElse(Repository.DEFAULT_BRANCH);
        String path = call.path("path");
        return ApiAnswer.raw(named(repository.git(), ref)
                .flatMap(commit -> repository.git().file(commit, path))
                .orElseThrow(() -> new RefusedException(404, "no file " + path + " at " + ref)));
    }

    private static Optional<String> named(GitRepository git, String ref) {
        return git.branch(ref).or(() -> git.commit("refs/tags/" + ref)).or(() -> git.commit(ref));
    }

    /** Only those who administer the repository may ask, as in the real forge. */
    ApiAnswer permission(ApiCall call) {
        Repository repository = call.repository(Permission.ADMIN);
        Account asked = accounts.find(call.path("user"))
                .orElseThrow(() -> new RefusedException(404, "no user " + call.path("user")));
        String word = repository.permissionOf(Optional.of(asked)).word();
        return ApiAnswer.of(
                200,
                new JsonObject().put("permission", word).put("role_name", word).put("user", shapes.account(asked)));
    }

    /** Only organizations have teams, and here owners are people. */
    ApiAnswer teams(ApiCall call) {
        call.repository(Permission.ADMIN);
        return ApiAnswer.refusal(405, "repo is not owned by an organization");
    }

    ApiAnswer postStatus(ApiCall call) {
        Account creator = call.person();
        Repository repository = call.repository(Permission.WRITE);
        CommitStatus status = happenings.status(
                repository,
                creator,
                commit(repository, call.path("sha")),
                call.text("state").orElse(""),
                call.text("context").orElse(""),
                call.text("description").orElse(""),
                call.text("target_url").orElse(""));
        return ApiAnswer.of(201, shapes.status(repository, status));
    }

    ApiAnswer statuses(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        return ApiAnswer.page(
                call,
                repository.statuses().of(commit(repository, call.path("sha"))),
                status -> shapes.status(repository, status));
    }

    private static String commit(Repository repository, String sha) {
        return repository
                .git()
                .commit(sha)
                .filter(sha::equals)
                .orElseThrow(() -> new RefusedException(404, "no commit " + sha + "; a full id is needed"));
    }
}
