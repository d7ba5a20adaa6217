package io.forgefleet.cleanup.plan;

import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.cleanup.rule.Verdict;

/** An entry of the ledger with what the rules say of it. */
public record Judged(Entered entered, Verdict verdict) {

    boolean expired() {
        return verdict instanceof Verdict.Expired;
    }
}
