package io.forgefleet.gateway.payload;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gitea and Forgejo, as recorded from Gitea 1.26. A replayed delivery has a new id, so events are told apart by the
 * payload's own time, in whole seconds. Tags come from {@code push}; the deletion of a branch from {@code delete} alone.
 */
final class GiteaDialect implements Dialect {

    private static final String HEADS = "refs/heads/";

    /** Titles of drafts by the forge's default settings; payloads had no {@code draft} before Gitea 1.20. */
    private static final Pattern DRAFT_TITLE = Pattern.compile("\\s*(WIP:|\\[WIP\\])", Pattern.CASE_INSENSITIVE);

    private final CanonicalEvents events;

    /** The finer name first: reviews with a comment have the coarse name of comments. */
    private final List<String> typeHeaders;

    private final List<String> deliveryHeaders;

    GiteaDialect(CanonicalEvents events, ForgeKind kind) {
        this.events = events;
        List<String> vendors = kind == ForgeKind.GITEA ? List.of("Gitea") : List.of("Forgejo", "Gitea");
        this.typeHeaders = vendors.stream()
                .flatMap(vendor -> Stream.of("X-" + vendor + "-Event-Type", "X-" + vendor + "-Event"))
                .toList();
        this.deliveryHeaders =
                vendors.stream().map(vendor -> "X-" + vendor + "-Delivery").toList();
    }

    @Override
    public Outline outline() {
        return Outline.of(
                "ref",
                "ref_type",
                "before",
                "after",
                "action",
                "number",
                "is_pull",
                "changes.ref",
                "changes.title.from",
                "comment.body",
                "comment.id",
                "comment.user.login",
                "comment.user.username",
                "head_commit.id",
                "issue.number",
                "issue.pull_request",
                "pull_request.base.ref",
                "pull_request.draft",
                "pull_request.head.ref",
                "pull_request.head.repo.full_name",
                "pull_request.head.sha",
                "pull_request.merged",
                "pull_request.title",
                "pull_request.updated_at",
                "pusher.login",
                "pusher.username",
                "repository.full_name",
                "repository.updated_at",
                "sender.login",
                "sender.username");
    }

    @Override
    public Reading read(MultiMap headers, Fields payload) throws MalformedPayloadException {
        return switch (type(headers)) {
            case "push" -> push(payload);
            case "delete" -> delete(payload);
            case "pull_request", "pull_request_sync", "pull_request_label" -> pullRequest(headers, payload);
            case "issue_comment", "pull_request_comment" -> comment(payload);
            default -> new Reading.Ignored("events of this type are not used");
        };
    }

    private String type(MultiMap headers) throws MalformedPayloadException {
        String type = first(headers, typeHeaders);
        if (type.isEmpty()) {
            throw new MalformedPayloadException("", "the header " + typeHeaders.get(1) + " beside it");
        }
        return type;
    }

    private static String first(MultiMap headers, List<String> names) {
        for (String name : names) {
            String value = headers.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private Reading push(Fields payload) throws MalformedPayloadException {
        Fields repository = payload.object("repository");
        Fields head = payload.optionalObject("head_commit");
        return events.refChange(
                payload,
                events.repository(repository, "full_name"),
                false,
                head == null ? null : head.optionalCommit("id"),
                payload.login("pusher", "sender"),
                repository.time("updated_at"));
    }

    private Reading delete(Fields payload) throws MalformedPayloadException {
        if (!payload.text("ref_type").equals("branch")) {
            return new Reading.Ignored("the deletion of a tag comes as a push too");
        }
        Fields repository = payload.object("repository");
        RefName ref = payload.parsed("ref", name -> name.startsWith(HEADS) ? new RefName(name) : RefName.branch(name));
        return events.branchDeletion(
                events.repository(repository, "full_name"),
                ref,
                payload.login("sender"),
                repository.time("updated_at"));
    }

    private Reading pullRequest(MultiMap headers, Fields payload) throws MalformedPayloadException {
        Fields pull = payload.object("pull_request");
        boolean draft = pull.flag("draft", isDraft(pull.hint("title")));
        Action action = action(payload, pull, draft);
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
                draft,
                payload.login("sender"));
        // two labels are often set within one second; missing one is worse than looking at a replayed delivery again
        String discriminator = action == Action.LABELLED ? first(headers, deliveryHeaders) : pull.time("updated_at");
        return events.pullRequest(pullRequest, action, null, discriminator);
    }

    private static @Nullable Action action(Fields payload, Fields pull, boolean draft)
            throws MalformedPayloadException {
        return switch (payload.text("action")) {
            case "opened" -> Action.OPENED;
            case "synchronized" -> Action.SYNCHRONIZED;
            case "reopened" -> Action.REOPENED;
            case "closed" -> pull.flag("merged", false) ? Action.MERGED : Action.CLOSED;
            case "edited" -> edited(payload.optionalObject("changes"), draft);
            case "label_updated", "label_cleared" -> Action.LABELLED;
            default -> null;
        };
    }

    private static @Nullable Action edited(@Nullable Fields changes, boolean draft) throws MalformedPayloadException {
        if (changes == null) {
            return null;
        }
        if (changes.has("ref")) {
            return Action.RETARGETED;
        }
        Fields title = changes.optionalObject("title");
        if (title == null || isDraft(title.hint("from")) == draft) {
            return null;
        }
        return draft ? Action.DRAFT : Action.READY;
    }

    private static boolean isDraft(String title) {
        return DRAFT_TITLE.matcher(title).lookingAt();
    }

    private Reading comment(Fields payload) throws MalformedPayloadException {
        // reviews of forges that send no event type have this action too, and no issue
        if (!payload.text("action").equals("created")) {
            return new Reading.Ignored("not a new comment");
        }
        Fields issue = payload.object("issue");
        if (!payload.flag("is_pull", issue.has("pull_request"))) {
            return new Reading.Ignored("not a comment on a pull request");
        }
        Fields comment = payload.object("comment");
        Fields pull = payload.optionalObject("pull_request");
        Fields head = pull == null ? null : pull.optionalObject("head");
        CommitId sha = head == null ? null : head.optionalCommit("sha");
        String body = comment.optionalText("body");
        return events.comment(
                events.repository(payload.object("repository"), "full_name"),
                issue.number("number"),
                comment.number("id"),
                body == null ? "" : body,
                sha,
                comment.login("user"));
    }
}
