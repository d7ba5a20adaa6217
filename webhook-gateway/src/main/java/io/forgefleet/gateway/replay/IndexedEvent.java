package io.forgefleet.gateway.replay;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.wire.EventCodec;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an event to find it again.
 *
 * @param kind word for its type, as {@link EventCodec#kind} has it
 * @param subject full name of the ref, or {@code #7}
 * @param pullRequest number of the pull request; null for pushes and tags
 * @param commit the commit that it left or found; null for deletions and most comments
 * @param buildable whether there is a commit to build: a push that is no deletion, a pull request that may need an image
 * @param at when the gateway accepted it
 */
public record IndexedEvent(
        EventId id,
        String kind,
        RepositoryId repository,
        String subject,
        @Nullable Long pullRequest,
        @Nullable CommitId commit,
        String action,
        boolean buildable,
        Instant at,
        TopicPartition partition,
        long offset) {

    static IndexedEvent of(ForgeEvent event, TopicPartition partition, long offset) {
        return switch (event) {
            case PushEvent push ->
                of(
                        push,
                        push.ref().value(),
                        null,
                        push.after(),
                        push.change(),
                        push.after() != null,
                        partition,
                        offset);
            case PullRequestEvent pull ->
                of(
                        pull,
                        "#" + pull.number(),
                        pull.number(),
                        pull.head(),
                        pull.action(),
                        pull.action().mayNeedImage(),
                        partition,
                        offset);
            case TagEvent tag ->
                of(
                        tag,
                        tag.ref().value(),
                        null,
                        tag.commit() == null ? tag.after() : tag.commit(),
                        tag.change(),
                        false,
                        partition,
                        offset);
            case CommentEvent comment ->
                of(
                        comment,
                        "#" + comment.number(),
                        comment.number(),
                        comment.head(),
                        "comment",
                        false,
                        partition,
                        offset);
        };
    }

    private static IndexedEvent of(
            ForgeEvent event,
            String subject,
            @Nullable Long pullRequest,
            @Nullable CommitId commit,
            Object action,
            boolean buildable,
            TopicPartition partition,
            long offset) {
        return new IndexedEvent(
                event.id(),
                EventCodec.kind(event),
                event.repository(),
                subject,
                pullRequest,
                commit,
                action.toString(),
                buildable,
                event.at(),
                partition,
                offset);
    }
}
