package io.forgefleet.events.job;

import io.forgefleet.events.ForgeEvent;
import java.time.Instant;

/**
 * A request on {@code fleet.jobs} for work that no webhook asked for just now. It carries its event whole, so that it
 * can be done when the event has left its topic.
 *
 * @param id of this request; part of the run's id, so that a replay is a run of its own. A resumed run keeps its id
 * @param kind which workers take it
 * @param event what the work is about
 * @param cause why it is asked for
 * @param rebuild build anew although the image is there; it gets a tag of its own ({@code …-r2})
 * @param run the run to go on with; for {@link Cause#RESUMED} and {@link Cause#RETRY} the parked one, else a new one
 */
public record Job(
        String id, WorkerKind kind, ForgeEvent event, Cause cause, boolean rebuild, RunId run, Instant requestedAt) {

    public enum Cause {
        /** A person asked for it again. */
        REPLAY,
        /** A failed attempt's time to try again has come. */
        RETRY,
        /** A parked run's due time has come. */
        RESUMED
    }

    public Job {
        if (id.isBlank() || id.length() > 64) {
            throw new IllegalArgumentException("job id must have 1 to 64 characters");
        }
        if (rebuild && cause == Cause.RETRY) {
            throw new IllegalArgumentException("a retry goes on with its run and rebuilds nothing of itself");
        }
    }
}
