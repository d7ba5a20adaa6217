package io.forgefleet.release.work;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import java.util.Map;

/** Gives each run to whoever makes its target. */
record Targets(Map<String, Worker> makers) implements Worker {

    Targets {
        makers = Map.copyOf(makers);
    }

    @Override
    public Outcome work(Run run) throws Exception {
        Worker maker = makers.get(run.subject().target());
        return maker == null
                ? Outcome.of(
                        Outcome.Reason.SKIPPED,
                        "this worker does not know how to make " + run.subject().target()
                                + "; it may be older than the fleet")
                : maker.work(run);
    }
}
