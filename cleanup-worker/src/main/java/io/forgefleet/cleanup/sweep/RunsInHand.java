package io.forgefleet.cleanup.sweep;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.projection.RunStates;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Which runs have not come to their end. Thread-safe. */
public final class RunsInHand {

    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private final RunStates states;
    private final Claims claims;

    public RunsInHand(RunStates states, Claims claims) {
        this.states = states;
        this.claims = claims;
    }

    void catchUp() throws InterruptedException, TimeoutException {
        if (claims.currentSince() == null) {
            throw new TimeoutException("the claims cannot be read now");
        }
        states.catchUp(CATCH_UP);
    }

    /** Whether a run is known to have ended: one of another fleet is not known. */
    public boolean isOver(RunId run) {
        RunState state = states.get(run);
        return state != null && state.isFinal() && claims.isFree(ClaimKeys.ofRun(run));
    }

    boolean holds(RunId run) {
        RunState state = states.get(run);
        return (state != null && !state.isFinal()) || !claims.isFree(ClaimKeys.ofRun(run));
    }
}
