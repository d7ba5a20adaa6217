package io.forgefleet.runtime.worker;

import io.forgefleet.events.run.Outcome;

/** What a worker kind does: plain sequential code, called on a virtual thread, once per attempt of a run. */
@FunctionalInterface
public interface Worker {

    /**
     * Does the work of one attempt.
     *
     * @return how it ended: succeeded, failed, superseded, closed, cancelled or skipped
     * @throws RetryableException for what may pass: it is tried again after a while, a few times
     * @throws DependencyAwayException when something that every run needs is away: no attempt is counted
     * @throws NothingToDoException when there is nothing to do for this kind
     * @throws ParkedException when it has to wait for long: the run goes on later, here or elsewhere
     * @throws io.forgefleet.runtime.claim.ClaimLostException from {@link Run#ensureHeld}; let it through
     * @throws InterruptedException when the run is ended from outside: at its deadline, when its claim is lost, when the
     *     worker drains. It has to stop what it started before it lets this through
     * @throws Exception anything else counts as a mistake in the worker and is treated as {@link RetryableException}
     */
    Outcome work(Run run) throws Exception;
}
