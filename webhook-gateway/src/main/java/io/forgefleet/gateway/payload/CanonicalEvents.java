package io.forgefleet.gateway.payload;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the canonical events of one forge from what its dialect has read; here they get their ids. */
final class CanonicalEvents {

    private static final String HEADS = "refs/heads/";
    private static final String TAGS = "refs/tags/";

    private final String forge;
    private final InstantSource clock;

    CanonicalEvents(String forge, InstantSource clock) {
        this.forge = forge;
        this.clock = clock;
    }

    /** The repository whose path stands in the given field. */
    RepositoryId repository(Fields fields, String name) throws MalformedPayloadException {
        return fields.parsed(name, path -> new RepositoryId(forge, path));
    }

    /**
     * A ref went from one commit to another; null is none.
     *
     * @param payload has the full ref in {@code ref}, its objects in {@code before} and {@code after}
     * @param commit what a tag names in the end
     */
    Reading refChange(
            Fields payload,
            RepositoryId repository,
            boolean forced,
            @Nullable CommitId commit,
            String actor,
            String discriminator)
            throws MalformedPayloadException {
        String full = payload.text("ref");
        if (!full.startsWith(HEADS) && !full.startsWith(TAGS)) {
            return new Reading.Ignored("the ref is neither a branch nor a tag");
        }
        RefName ref = payload.parsed("ref", RefName::new);
        CommitId before = payload.commitOrZero("before");
        CommitId after = payload.commitOrZero("after");
        if (before == null && after == null) {
            throw payload.malformed("after", "a commit id, since there is none before");
        }
        if (ref.isTag()) {
            TagEvent.Change change = before == null
                    ? TagEvent.Change.CREATED
                    : after == null ? TagEvent.Change.DELETED : TagEvent.Change.MOVED;
            EventId id = id(repository, ref.value(), before, after, change, discriminator);
            CommitId named = after == null ? null : commit;
            return event(new TagEvent(id, repository, ref, change, before, after, named, actor, now()));
        }
        PushEvent.Change change = before == null
                ? PushEvent.Change.CREATED
                : after == null
                        ? PushEvent.Change.DELETED
                        : forced ? PushEvent.Change.FORCED : PushEvent.Change.UPDATED;
        EventId id = id(repository, ref.value(), before, after, change, discriminator);
        return event(new PushEvent(id, repository, ref, change, before, after, actor, now()));
    }

    /** A branch was deleted, and the forge does not tell where it was. */
    Reading branchDeletion(RepositoryId repository, RefName ref, String actor, String discriminator) {
        PushEvent.Change change = PushEvent.Change.DELETED;
        EventId id = id(repository, ref.value(), null, null, change, discriminator);
        return event(new PushEvent(id, repository, ref, change, null, null, actor, now()));
    }

    /** A pull request as its dialect read it. */
    record PullRequest(
            RepositoryId repository,
            long number,
            CommitId head,
            String headBranch,
            RefName base,
            boolean fork,
            boolean draft,
            String actor) {}

    Reading pullRequest(
            PullRequest it, PullRequestEvent.Action action, @Nullable CommitId before, String discriminator) {
        return event(new PullRequestEvent(
                id(it.repository, String.valueOf(it.number), before, it.head, action, discriminator),
                it.repository,
                it.number,
                action,
                it.head,
                it.headBranch.isEmpty() ? null : it.headBranch,
                it.base,
                it.fork,
                it.draft,
                it.actor,
                now()));
    }

    /**
     * Whether a pull request's head lies in another repository than its base. A head repository that is gone did: nobody
     * can delete the base and keep its pull requests.
     */
    static boolean isFork(Fields head, RepositoryId base) throws MalformedPayloadException {
        Fields repository = head.optionalObject("repo");
        return repository == null || !repository.text("full_name").equals(base.path());
    }

    /** A comment is written once, so its number tells it apart, whichever hook and delivery brought it. */
    Reading comment(
            RepositoryId repository, long number, long commentId, String body, @Nullable CommitId head, String actor) {
        EventId id = EventId.derive(repository, String.valueOf(number), "", "", "comment", String.valueOf(commentId));
        return event(new CommentEvent(id, repository, number, commentId, cut(body), head, actor, now()));
    }

    private static EventId id(
            RepositoryId repository,
            String subject,
            @Nullable CommitId before,
            @Nullable CommitId after,
            Enum<?> action,
            String discriminator) {
        return EventId.derive(
                repository,
                subject,
                before == null ? "" : before.value(),
                after == null ? "" : after.value(),
                action.name().toLowerCase(Locale.ROOT),
                discriminator);
    }

    /** The beginning of a text that fits an event, whole characters only. */
    private static String cut(String text) {
        ByteBuffer room = ByteBuffer.allocate(Math.min(text.length() * 3, CommentEvent.MOST_BODY_BYTES));
        CharBuffer rest = CharBuffer.wrap(text);
        StandardCharsets.UTF_8.newEncoder().encode(rest, room, true);
        return text.substring(0, rest.position());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Reading event(ForgeEvent event) {
        return new Reading.Event(event);
    }
}
