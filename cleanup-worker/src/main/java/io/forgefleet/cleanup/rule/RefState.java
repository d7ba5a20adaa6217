package io.forgefleet.cleanup.rule;

import io.forgefleet.events.CommitId;
import java.time.Instant;

/** What a pull request or a branch is on its forge. */
public sealed interface RefState {

    /** An open pull request, or a branch that is there. */
    record Live(CommitId head) implements RefState {}

    /**
     * A closed or merged pull request, or a branch that is gone.
     *
     * @param how in one word
     * @param since when the fleet learnt of it, by the broker's clock: later than it happened, never earlier
     */
    record Ended(String how, Instant since) implements RefState {}

    /** Protected by now, or a tag: what was made of it is kept for ever. */
    record Lasting() implements RefState {}

    /** The forge does not say. */
    record Unclear(String why) implements RefState {}
}
