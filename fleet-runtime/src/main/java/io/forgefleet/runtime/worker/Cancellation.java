package io.forgefleet.runtime.worker;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunSubject;
import java.util.Optional;

/** What news mean for a run that is under way. */
@FunctionalInterface
public interface Cancellation {

    /** Nothing that happens meanwhile ends a run. */
    Cancellation NEVER = (news, run) -> Optional.empty();

    /**
     * Whether an event makes a running run worthless. May ask the forge, since events come late, twice and reversed; called on
     * a thread of its own, and interrupted when the worker stops.
     *
     * @param news an event of the run's repository
     * @return how the run ends; empty when it goes on
     */
    Optional<Outcome> end(ForgeEvent news, RunSubject run) throws InterruptedException;
}
