package io.forgefleet.gateway.payload;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.RepositoryId;
import io.vertx.core.MultiMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GitLab, by its documentation of webhook events. What a delivery is about stands in the payload, which a signature covers,
 * rather than in its header.
 */
final class GitLabDialect implements Dialect {

    private static final Pattern DRAFT_TITLE =
            Pattern.compile("\\s*(Draft:|\\[Draft\\]|\\(Draft\\)|WIP:|\\[WIP\\])", Pattern.CASE_INSENSITIVE);

    /** Notes that members only can see; their header says "Confidential Note Hook". */
    private static final String CONFIDENTIAL = "confidential_note";

    private final CanonicalEvents events;

    GitLabDialect(CanonicalEvents events) {
        this.events = events;
    }

    @Override
    public Outline outline() {
        return Outline.of(
                "object_kind",
                "event_name",
                "event_type",
                "ref",
                "before",
                "after",
                "checkout_sha",
                "user_username",
                "changes.draft",
                "changes.labels",
                "changes.target_branch",
                "changes.title.current",
                "changes.title.previous",
                "merge_request.iid",
                "merge_request.last_commit.id",
                "object_attributes.action",
                "object_attributes.draft",
                "object_attributes.id",
                "object_attributes.iid",
                "object_attributes.internal",
                "object_attributes.last_commit.id",
                "object_attributes.note",
                "object_attributes.noteable_type",
                "object_attributes.oldrev",
                "object_attributes.source_branch",
                "object_attributes.source_project_id",
                "object_attributes.system",
                "object_attributes.target_branch",
                "object_attributes.target_project_id",
                "object_attributes.updated_at",
                "object_attributes.work_in_progress",
                "project.path_with_namespace",
                "user.username");
    }

    @Override
    public Reading read(MultiMap headers, Fields payload) throws MalformedPayloadException {
        // system hooks of some ages name pushes in event_name only
        String kind = payload.has("object_kind") ? payload.text("object_kind") : payload.optionalText("event_name");
        if (kind == null) {
            throw payload.malformed("object_kind", "a text");
        }
        return switch (kind) {
            case "push", "tag_push" -> push(headers, payload);
            case "merge_request" -> mergeRequest(headers, payload);
            case "note" -> note(payload);
            default -> new Reading.Ignored("events of this kind are not used");
        };
    }

    /**
     * The key that stays the same over redeliveries, since GitLab 17.4. {@code X-Gitlab-Event-UUID} does not: hooks that
     * set off each other share it.
     */
    private static String discriminator(MultiMap headers, String time) {
        for (String name : new String[] {"webhook-id", "Idempotency-Key"}) {
            String key = headers.get(name);
            if (key != null && !key.isEmpty()) {
                return key;
            }
        }
        return time;
    }

    private RepositoryId repository(Fields payload) throws MalformedPayloadException {
        return events.repository(payload.object("project"), "path_with_namespace");
    }

    private Reading push(MultiMap headers, Fields payload) throws MalformedPayloadException {
        return events.refChange(
                payload,
                repository(payload),
                false,
                payload.optionalCommit("checkout_sha"),
                payload.hint("user_username"),
                discriminator(headers, ""));
    }

    private Reading mergeRequest(MultiMap headers, Fields payload) throws MalformedPayloadException {
        Fields merge = payload.object("object_attributes");
        boolean draft = merge.flag("draft", merge.flag("work_in_progress", false));
        Action action = action(payload, merge, draft);
        if (action == null) {
            return new Reading.Ignored("this action changes nothing that is built");
        }
        Fields last = merge.optionalObject("last_commit");
        if (last == null) {
            return new Reading.Ignored("a merge request without commits");
        }
        var pullRequest = new CanonicalEvents.PullRequest(
                repository(payload),
                merge.number("iid"),
                last.commit("id"),
                merge.hint("source_branch"),
                merge.branch("target_branch"),
                !merge.has("source_project_id")
                        || merge.number("source_project_id") != merge.number("target_project_id"),
                draft,
                payload.login("user"));
        CommitId before = action == Action.SYNCHRONIZED ? merge.optionalCommit("oldrev") : null;
        return events.pullRequest(pullRequest, action, before, discriminator(headers, merge.time("updated_at")));
    }

    private static @Nullable Action action(Fields payload, Fields merge, boolean draft)
            throws MalformedPayloadException {
        String action = merge.optionalText("action");
        if (action == null) {
            return null;
        }
        return switch (action) {
            case "open" -> Action.OPENED;
            case "reopen" -> Action.REOPENED;
            case "close" -> Action.CLOSED;
            case "merge" -> Action.MERGED;
            case "update" ->
                merge.has("oldrev") ? Action.SYNCHRONIZED : updated(payload.optionalObject("changes"), draft);
            default -> null;
        };
    }

    /** One update may change several things; the one after which most may have to be done names it. */
    private static @Nullable Action updated(@Nullable Fields changes, boolean draft) throws MalformedPayloadException {
        if (changes == null) {
            return null;
        }
        if (changes.has("target_branch")) {
            return Action.RETARGETED;
        }
        if (changes.has("draft") || changesDraftByTitle(changes.optionalObject("title"))) {
            return draft ? Action.DRAFT : Action.READY;
        }
        return changes.has("labels") ? Action.LABELLED : null;
    }

    private static boolean changesDraftByTitle(@Nullable Fields title) {
        return title != null
                && DRAFT_TITLE.matcher(title.hint("previous")).lookingAt()
                        != DRAFT_TITLE.matcher(title.hint("current")).lookingAt();
    }

    private Reading note(Fields payload) throws MalformedPayloadException {
        Fields note = payload.object("object_attributes");
        String action = note.optionalText("action");
        boolean created = action == null || action.equals("create");
        if (!note.text("noteable_type").equals("MergeRequest") || !created || note.flag("system", false)) {
            return new Reading.Ignored("not a new comment of a person on a merge request");
        }
        // an approval that the author of the change cannot see would be one that nobody can check
        if (note.flag("internal", false) || CONFIDENTIAL.equals(payload.optionalText("event_type"))) {
            return new Reading.Ignored("an internal note is no comment");
        }
        Fields merge = payload.object("merge_request");
        Fields last = merge.optionalObject("last_commit");
        String body = note.optionalText("note");
        return events.comment(
                repository(payload),
                merge.number("iid"),
                note.number("id"),
                body == null ? "" : body,
                last == null ? null : last.optionalCommit("id"),
                payload.login("user"));
    }
}
