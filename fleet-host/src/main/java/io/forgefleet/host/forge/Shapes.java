package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.Commit;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.PullRequest;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Forgejo's JSON of things, as its API answers and its webhooks carry them (its {@code modules/structs}). */
final class Shapes {

    private final URI url;

    Shapes(URI url) {
        this.url = url;
    }

    JsonObject account(Account account) {
        return new JsonObject()
                .put("id", account.id())
                .put("login", account.name())
                .put("login_name", "")
                .put("full_name", "")
                .put("email", account.name() + "@noreply.localhost")
                .put("avatar_url", "")
                .put("html_url", url + "/" + account.name())
                .put("is_admin", false)
                .put("active", true)
                .put("visibility", "public")
                .put("username", account.name());
    }

    JsonObject repository(Repository repository, Permission permission) {
        return new JsonObject()
                .put("id", repository.id())
                .put("owner", account(repository.owner()))
                .put("name", repository.name())
                .put("full_name", repository.fullName())
                .put("description", "")
                .put("empty", repository.git().branch(Repository.DEFAULT_BRANCH).isEmpty())
                .put("private", repository.isPrivate())
                .put("fork", repository.parent().isPresent())
                .put("template", false)
                .put(
                        "parent",
                        repository
                                .parent()
                                .map(parent -> repository(parent, permission))
                                .orElse(null))
                .put("mirror", false)
                .put("size", 0)
                .put("html_url", page(repository))
                .put("url", api(repository))
                .put("ssh_url", "")
                .put("clone_url", page(repository) + ".git")
                .put("original_url", "")
                .put("default_branch", Repository.DEFAULT_BRANCH)
                .put("archived", false)
                .put("created_at", time(repository.createdAt()))
                .put("updated_at", time(repository.updatedAt()))
                .put(
                        "permissions",
                        new JsonObject()
                                .put("admin", permission.allows(Permission.ADMIN))
                                .put("push", permission.allows(Permission.WRITE))
                                .put("pull", permission.allows(Permission.READ)))
                .put("has_issues", false)
                .put("has_pull_requests", true)
                .put("internal", false)
                .put("object_format_name", "sha1");
    }

    JsonObject commit(Repository repository, Commit commit) {
        return new JsonObject()
                .put("id", commit.id())
                .put("message", commit.message())
                .put("url", page(repository) + "/commit/" + commit.id())
                .put("author", person(commit.author()))
                .put("committer", person(commit.committer()))
                .putNull("verification")
                .put("timestamp", time(commit.committer().at()))
                .put("added", new JsonArray(commit.added()))
                .put("removed", new JsonArray(commit.removed()))
                .put("modified", new JsonArray(commit.modified()));
    }

    private static JsonObject person(Commit.Person person) {
        return new JsonObject()
                .put("name", person.name())
                .put("email", person.email())
                .put("username", "");
    }

    JsonObject branch(Repository repository, String name, Commit commit) {
        return new JsonObject()
                .put("name", name)
                .put("commit", commit(repository, commit))
                .put("protected", false)
                .put("required_approvals", 0)
                .put("enable_status_check", false)
                .put("status_check_contexts", new JsonArray())
                .put("user_can_push", false)
                .put("user_can_merge", false)
                .put("effective_branch_protection_name", "");
    }

    JsonObject pullRequest(Repository repository, PullRequest pull) {
        String page = page(repository) + "/pulls/" + pull.number();
        Optional<String> base = repository.git().branch(pull.base());
        JsonObject json = new JsonObject()
                .put("id", repository.id() * 100_000 + pull.number())
                .put("url", page)
                .put("number", pull.number())
                .put("user", account(pull.author()))
                .put("title", pull.title())
                .put("body", pull.body())
                .put("labels", new JsonArray())
                .putNull("milestone")
                .putNull("assignee")
                .putNull("assignees")
                .putNull("requested_reviewers")
                .put("state", pull.isOpen() ? "open" : "closed")
                .put("draft", pull.isDraft())
                .put("is_locked", false)
                .put("comments", pull.comments())
                .put("html_url", page)
                .put("diff_url", page + ".diff")
                .put("patch_url", page + ".patch")
                .put("mergeable", pull.isOpen())
                .put("merged", pull.isMerged())
                .put("merged_at", pull.isMerged() ? optionalTime(pull.closedAt()) : null)
                .put("merge_commit_sha", pull.mergeCommit().orElse(null))
                .put("merged_by", pull.mergedBy().map(this::account).orElse(null))
                .put("allow_maintainer_edit", false)
                .put("base", side(repository, pull.base(), pull.base(), base.orElse("")))
                .put(
                        "merge_base",
                        base.flatMap(sha -> repository.git().mergeBase(sha, pull.headSha()))
                                .orElse(""))
                .putNull("due_date")
                .put("created_at", time(pull.createdAt()))
                .put("updated_at", time(pull.updatedAt()))
                .put("closed_at", optionalTime(pull.closedAt()))
                .put("pin_order", 0);
        Repository source = pull.fork().orElse(repository);
        boolean gone = source.git().branch(pull.head()).isEmpty();
        return json.put("head", side(source, pull.head(), gone ? pull.ref() : pull.head(), pull.headSha()));
    }

    private JsonObject side(Repository repository, String label, String ref, String sha) {
        return new JsonObject()
                .put("label", label)
                .put("ref", ref)
                .put("sha", sha)
                .put("repo_id", repository.id())
                .put("repo", repository(repository, repository.permissionOf(Optional.empty())));
    }

    JsonObject comment(Repository repository, PullRequest pull, long id, Account author, String text, Instant at) {
        String page = page(repository) + "/pulls/" + pull.number();
        return new JsonObject()
                .put("id", id)
                .put("html_url", page + "#issuecomment-" + id)
                .put("pull_request_url", page)
                .put("issue_url", "")
                .put("user", account(author))
                .put("original_author", "")
                .put("original_author_id", 0)
                .put("body", text)
                .put("assets", new JsonArray())
                .put("created_at", time(at))
                .put("updated_at", time(at));
    }

    JsonObject status(Repository repository, CommitStatus status) {
        return new JsonObject()
                .put("id", status.id())
                .put("status", status.state().word())
                .put("target_url", status.targetUrl())
                .put("description", status.description())
                .put("url", api(repository) + "/statuses/" + status.sha())
                .put("context", status.context())
                .put("creator", account(status.creator()))
                .put("created_at", time(status.createdAt()))
                .put("updated_at", time(status.createdAt()));
    }

    static JsonArray array(List<JsonObject> items) {
        return new JsonArray(items);
    }

    String page(Repository repository) {
        return url + "/" + repository.fullName();
    }

    String api(Repository repository) {
        return url + "/api/v1/repos/" + repository.fullName();
    }

    /** Whole seconds, as the real forge has them. */
    static String time(Instant at) {
        return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String time(OffsetDateTime at) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at);
    }

    private static @Nullable String optionalTime(Optional<Instant> at) {
        return at.map(Shapes::time).orElse(null);
    }
}
