package io.forgefleet.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch was created, moved forward, forced or deleted.
 *
 * @param ref the branch
 * @param change what happened to it; {@code FORCED} only where the forge tells (GitHub), elsewhere {@code UPDATED}
 * @param before its commit before; null exactly for {@code CREATED} (and where a deletion does not tell)
 * @param after its commit now; null exactly for {@code DELETED}
 */
public record PushEvent(
        EventId id,
        RepositoryId repository,
        RefName ref,
        Change change,
        @Nullable CommitId before,
        @Nullable CommitId after,
        String actor,
        Instant at)
        implements ForgeEvent {

    public enum Change {
        CREATED,
        UPDATED,
        FORCED,
        DELETED
    }

    public PushEvent {
        if (!ref.isBranch()) {
            throw new IllegalArgumentException("a push event is about a branch, got: " + ref);
        }
        boolean beforeFits = change == Change.DELETED || (before == null) == (change == Change.CREATED);
        if (!beforeFits || (after == null) != (change == Change.DELETED)) {
            throw new IllegalArgumentException(change + " does not fit before " + before + " and after " + after);
        }
    }
}
