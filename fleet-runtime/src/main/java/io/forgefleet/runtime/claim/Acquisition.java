package io.forgefleet.runtime.claim;

/** What came of asking for a claim. */
public sealed interface Acquisition {

    /** The claim is ours. */
    record Held(Claim claim) implements Acquisition {}

    /** An owner who works on another record was seen alive. */
    record Elsewhere(RecordRef job) implements Acquisition {}
}
