package io.forgefleet.cleanup.ledger;

import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** What the fleet remembers of what it pushed. Thread-safe. */
public interface Ledger {

    /**
     * Returns when all is read that was entered before the call.
     *
     * @return the time by the ledger's clock
     */
    Instant catchUp() throws InterruptedException, TimeoutException;

    /** What it has of an image (registry and repository, without tag), by digest. */
    Map<Digest, List<Entered>> of(String image);

    /** Enters something; returns when that is durable. */
    void enter(LedgerEntry entry) throws InterruptedException;

    /** Takes entries out; returns when that is durable. */
    void forget(Collection<String> keys) throws InterruptedException;
}
