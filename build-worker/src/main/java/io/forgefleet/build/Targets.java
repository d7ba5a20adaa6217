package io.forgefleet.build;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import java.util.Map;

/** Gives each run to whoever makes its target; they share slots, claims and builders. */
record Targets(Map<String, Worker> makers) implements Worker {

    Targets {
        makers = Map.copyOf(makers);
    }

    @Override
    public Outcome work(Run run) throws Exception {
        // behind a slash it says which one
        Worker maker = makers.get(run.subject().target().split("/", 2)[0]);
        return maker == null
                ? Outcome.of(
                        Outcome.Reason.SKIPPED,
                        "this worker does not know how to make " + run.subject().target()
                                + "; it may be older than the fleet")
                : maker.work(run);
    }
}
