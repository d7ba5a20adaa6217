package io.forgefleet.cleanup.apply;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import java.time.Instant;
import java.util.List;

/** What the ledger says of a thing in the trash. */
final class Trashed {

    private Trashed() {}

    /**
     * The entry; there is one of each digest of an image, which replaces the one before.
     *
     * @param of any other entry of the same digest
     * @param tags the one that keeps it; where somebody took it back, those that it has again
     */
    static LedgerEntry entry(LedgerEntry of, List<String> tags) {
        return new LedgerEntry(
                of.digest(),
                RunId.derive(of.image(), "cleanup", of.digest().value(), "trash"),
                LedgerEntry.Kind.TRASH,
                of.image(),
                tags,
                of.repository(),
                of.commit(),
                of.pullRequest(),
                of.trust(),
                Instant.now(),
                of.ref());
    }
}
