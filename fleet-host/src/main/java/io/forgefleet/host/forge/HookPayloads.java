package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.Commit;
import io.forgefleet.host.forge.git.GitRepository;
import io.forgefleet.host.forge.git.RefUpdate;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.PullRequest;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Forgejo's webhook payloads (its {@code modules/structs/hook.go}). */
final class HookPayloads {

    /** Commits that a push payload lists; the rest is only counted ({@code FEED_MAX_COMMIT_NUM}). */
    private static final int MAX_COMMITS = 5;

    private final Shapes shapes;

    HookPayloads(Shapes shapes) {
        this.shapes = shapes;
    }

    JsonObject push(Repository repository, Account pusher, RefUpdate update) {
        JsonObject payload = new JsonObject()
                .put("ref", update.ref())
                .put("before", update.before())
                .put("after", update.after())
                .put("compare_url", compareUrl(repository, update));
        commits(repository, update, payload);
        return payload.put("repository", repository(repository))
                .put("pusher", shapes.account(pusher))
                .put("sender", shapes.account(pusher));
    }

    private void commits(Repository repository, RefUpdate update, JsonObject payload) {
        GitRepository git = repository.git();
        Optional<String> head = update.isDeletion() ? Optional.empty() : git.commit(update.after());
        List<JsonObject> commits = List.of();
        int total = 0;
        if (head.isPresent() && update.isBranch()) {
            Optional<String> before = known(git, update);
            commits = git.log(head.get(), before, MAX_COMMITS).stream()
                    .map(commit -> shapes.commit(repository, commit))
                    .toList();
            total = git.count(head.get(), before);
        }
        payload.put("commits", Shapes.array(commits)).put("total_commits", total);
        Optional<Commit> newest =
                head.flatMap(id -> git.log(id, Optional.empty(), 1).stream().findFirst());
        payload.put(
                "head_commit",
                newest.map(commit -> shapes.commit(repository, commit)).orElse(null));
    }

    /** What was there before; for a new branch, what the default branch has. */
    private static Optional<String> known(GitRepository git, RefUpdate update) {
        if (!update.isCreation()) {
            return git.commit(update.before());
        }
        return update.shortName().equals(Repository.DEFAULT_BRANCH)
                ? Optional.empty()
                : git.branch(Repository.DEFAULT_BRANCH);
    }

    private String compareUrl(Repository repository, RefUpdate update) {
        return update.isCreation() || update.isDeletion()
                ? ""
                : shapes.page(repository) + "/compare/" + update.before() + "..." + update.after();
    }

    JsonObject create(Repository repository, Account pusher, RefUpdate update) {
        return new JsonObject()
                .put("sha", update.after())
                .put("ref", update.ref())
                .put("ref_type", refType(update))
                .put("repository", repository(repository))
                .put("sender", shapes.account(pusher));
    }

    JsonObject delete(Repository repository, Account pusher, RefUpdate update) {
        return new JsonObject()
                .put("ref", update.ref())
                .put("ref_type", refType(update))
                .put("pusher_type", "user")
                .put("repository", repository(repository))
                .put("sender", shapes.account(pusher));
    }

    private static String refType(RefUpdate update) {
        return update.isTag() ? "tag" : "branch";
    }

    /**
     * A pull request's change.
     *
     * @param changes what an edit changed, each {@code {"from": …}}; empty for other actions
     */
    JsonObject pullRequest(
            Repository repository, Account sender, String action, PullRequest pull, Optional<JsonObject> changes) {
        JsonObject payload = new JsonObject().put("action", action).put("number", pull.number());
        changes.ifPresent(c -> payload.put("changes", c));
        return payload.put("pull_request", shapes.pullRequest(repository, pull))
                .putNull("requested_reviewer")
                .put("repository", repository(repository))
                .put("sender", shapes.account(sender))
                .put("commit_id", "")
                .putNull("review");
    }

    JsonObject comment(Repository repository, Account sender, PullRequest pull, JsonObject comment) {
        JsonObject pullJson = shapes.pullRequest(repository, pull);
        JsonObject issue = new JsonObject();
        for (String name : List.of(
                "id",
                "url",
                "html_url",
                "number",
                "user",
                "title",
                "body",
                "labels",
                "milestone",
                "assignee",
                "assignees",
                "state",
                "is_locked",
                "comments",
                "created_at",
                "updated_at",
                "closed_at",
                "due_date")) {
            issue.put(name, pullJson.getValue(name));
        }
        issue.put(
                "pull_request",
                new JsonObject()
                        .put("merged", pull.isMerged())
                        .put("merged_at", pullJson.getValue("merged_at"))
                        .put("draft", pull.isDraft())
                        .put("html_url", pullJson.getValue("html_url")));
        return new JsonObject()
                .put("action", "created")
                .put("issue", issue)
                .put("pull_request", pullJson)
                .put("comment", comment)
                .put("repository", repository(repository))
                .put("sender", shapes.account(sender))
                .put("is_pull", true);
    }

    private JsonObject repository(Repository repository) {
        return shapes.repository(repository, repository.permissionOf(Optional.of(repository.owner())));
    }
}
