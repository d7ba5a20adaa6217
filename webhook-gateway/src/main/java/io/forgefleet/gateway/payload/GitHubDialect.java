package io.forgefleet.gateway.payload;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.RepositoryId;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * GitHub, by the shapes of its {@code openapi-webhooks}. Tags and branches are taken from {@code push}; {@code create} and
 * {@code delete} tell the same again and are ignored.
 */
final class GitHubDialect implements Dialect {

    private final CanonicalEvents events;

    GitHubDialect(CanonicalEvents events) {
        this.events = events;
    }

    @Override
    public Outline outline() {
        return Outline.of(
                "ref",
                "before",
                "after",
                "forced",
                "action",
                "number",
                "changes.base",
                "comment.body",
                "comment.id",
                "comment.user.login",
                "head_commit.id",
                "issue.number",
                "issue.pull_request",
                "pull_request.base.ref",
                "pull_request.draft",
                "pull_request.head.ref",
                "pull_request.head.repo.full_name",
                "pull_request.head.sha",
                "pull_request.merged",
                "pull_request.updated_at",
                "repository.full_name",
                "repository.pushed_at",
                "sender.login");
    }

    @Override
    public Reading read(MultiMap headers, Fields payload) throws MalformedPayloadException {
        String type = headers.get("X-GitHub-Event");
        if (type == null || type.isEmpty()) {
            throw new MalformedPayloadException("", "the header X-GitHub-Event beside it");
        }
        String delivery = headers.get("X-GitHub-Delivery");
        return switch (type) {
            case "push" -> push(payload, delivery);
            case "pull_request" -> pullRequest(payload, delivery);
            case "issue_comment" -> comment(payload);
            default -> new Reading.Ignored("events of this type are not used");
        };
    }

    private Reading push(Fields payload, @Nullable String delivery) throws MalformedPayloadException {
        Fields repository = payload.object("repository");
        Fields head = payload.optionalObject("head_commit");
        return events.refChange(
                payload,
                events.repository(repository, "full_name"),
                payload.flag("forced", false),
                head == null ? null : head.optionalCommit("id"),
                payload.login("sender"),
                discriminator(delivery, repository.time("pushed_at")));
    }

    private Reading pullRequest(Fields payload, @Nullable String delivery) throws MalformedPayloadException {
        Fields pull = payload.object("pull_request");
        Action action = action(payload, pull);
        if (action == null) {
            return new Reading.Ignored("this action changes nothing that is built");
        }
        Fields head = pull.object("head");
        RepositoryId repository = events.repository(payload.object("repository"), "full_name");
        var pullRequest = new CanonicalEvents.PullRequest(
                repository,
                payload.number("number"),
                head.commit("sha"),
                head.hint("ref"),
                pull.object("base").branch("ref"),
                CanonicalEvents.isFork(head, repository),
                pull.flag("draft", false),
                payload.login("sender"));
        CommitId before = action == Action.SYNCHRONIZED ? payload.optionalCommit("before") : null;
        return events.pullRequest(pullRequest, action, before, discriminator(delivery, pull.time("updated_at")));
    }

    private static @Nullable Action action(Fields payload, Fields pull) throws MalformedPayloadException {
        Fields changes = payload.optionalObject("changes");
        return switch (payload.text("action")) {
            case "opened" -> Action.OPENED;
            case "synchronize" -> Action.SYNCHRONIZED;
            case "reopened" -> Action.REOPENED;
            case "closed" -> pull.flag("merged", false) ? Action.MERGED : Action.CLOSED;
            case "edited" -> changes != null && changes.has("base") ? Action.RETARGETED : null;
            case "converted_to_draft" -> Action.DRAFT;
            case "ready_for_review" -> Action.READY;
            case "labeled", "unlabeled" -> Action.LABELLED;
            default -> null;
        };
    }

    private Reading comment(Fields payload) throws MalformedPayloadException {
        Fields issue = payload.object("issue");
        if (!payload.text("action").equals("created") || issue.optionalObject("pull_request") == null) {
            return new Reading.Ignored("not a new comment on a pull request");
        }
        Fields comment = payload.object("comment");
        String body = comment.optionalText("body");
        return events.comment(
                events.repository(payload.object("repository"), "full_name"),
                issue.number("number"),
                comment.number("id"),
                body == null ? "" : body,
                null,
                comment.login("user"));
    }

    /** The delivery's id is the same for each redelivery of one event. */
    private static String discriminator(@Nullable String delivery, String time) {
        return delivery == null || delivery.isEmpty() ? time : delivery;
    }
}
