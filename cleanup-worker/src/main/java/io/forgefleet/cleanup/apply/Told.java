package io.forgefleet.cleanup.apply;

import io.forgefleet.events.image.Digest;
import java.util.List;
import java.util.Set;

/** Hears of what went, as soon as it did. Called on any thread. */
@FunctionalInterface
public interface Told {

    /**
     * A manifest is gone from the registry; the ledger still has it until this returns.
     *
     * @param entries keys of its entries
     */
    void deleted(Digest digest, List<String> tags, Set<String> entries, String reason) throws InterruptedException;
}
