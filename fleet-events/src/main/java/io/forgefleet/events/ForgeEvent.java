package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/**
 * The canonical thing that happened on a forge, whichever forge told it and however often. Immutable.
 *
 * <p>Two deliveries of the same happening have equal {@link #id() ids}; see {@link EventId}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PushEvent.class, name = "push"),
    @JsonSubTypes.Type(value = PullRequestEvent.class, name = "pull-request"),
    @JsonSubTypes.Type(value = TagEvent.class, name = "tag"),
    @JsonSubTypes.Type(value = CommentEvent.class, name = "comment")
})
public sealed interface ForgeEvent permits PushEvent, PullRequestEvent, TagEvent, CommentEvent {

    EventId id();

    RepositoryId repository();

    /** Login name of who did it, as the forge tells it; proves nothing. */
    String actor();

    /** When the gateway accepted it; clock of the gateway. */
    Instant at();
}
