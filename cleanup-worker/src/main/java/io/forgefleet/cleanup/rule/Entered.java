package io.forgefleet.cleanup.rule;

import io.forgefleet.events.ledger.LedgerEntry;
import java.time.Instant;

/**
 * An entry of the ledger.
 *
 * @param at when the broker took it, by its own clock: a worker's may be wrong, and an image's time of creation is its commit's
 */
public record Entered(LedgerEntry entry, Instant at) {}
