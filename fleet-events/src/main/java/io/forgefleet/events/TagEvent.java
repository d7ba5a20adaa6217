package io.forgefleet.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tag was created, moved or deleted.
 *
 * @param ref the tag
 * @param before object before; null exactly for {@code CREATED} (and where a deletion does not tell)
 * @param after object now: the tag object of an annotated tag, else the commit; null exactly for {@code DELETED}
 * @param commit the commit it names, where the payload tells
 */
public record TagEvent(
        EventId id,
        RepositoryId repository,
        RefName ref,
        Change change,
        @Nullable CommitId before,
        @Nullable CommitId after,
        @Nullable CommitId commit,
        String actor,
        Instant at)
        implements ForgeEvent {

    public enum Change {
        CREATED,
        MOVED,
        DELETED
    }

    public TagEvent {
        if (!ref.isTag()) {
            throw new IllegalArgumentException("a tag event is about a tag, got: " + ref);
        }
        boolean beforeFits = change == Change.DELETED || (before == null) == (change == Change.CREATED);
        if (!beforeFits || (after == null) != (change == Change.DELETED)) {
            throw new IllegalArgumentException(change + " does not fit before " + before + " and after " + after);
        }
    }
}
