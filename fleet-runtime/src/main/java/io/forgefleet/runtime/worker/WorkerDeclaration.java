package io.forgefleet.runtime.worker;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.topic.Topic;
import java.util.Optional;
import java.util.Set;

/**
 * A worker kind.
 *
 * @param topics the event topics that it wants; {@code fleet.jobs} is added
 * @param planner what an event asks of this kind; empty when nothing
 * @param cancellation which events make a running run worthless
 * @param quiet whether nobody hears of a run before its worker begins a step: for kinds that have nothing to do for most events
 */
public record WorkerDeclaration(
        WorkerKind kind, Set<Topic> topics, Planner planner, Worker worker, Cancellation cancellation, boolean quiet) {

    /** A kind that tells of each run. */
    public WorkerDeclaration(
            WorkerKind kind, Set<Topic> topics, Planner planner, Worker worker, Cancellation cancellation) {
        this(kind, topics, planner, worker, cancellation, false);
    }

    /** A kind whose runs nothing ends that happens meanwhile. */
    public WorkerDeclaration(WorkerKind kind, Set<Topic> topics, Planner planner, Worker worker) {
        this(kind, topics, planner, worker, Cancellation.NEVER);
    }

    /** Turns an event into the subject of a run; quick, without side effects, the same whenever it is asked. */
    @FunctionalInterface
    public interface Planner {
        Optional<RunSubject> subject(ForgeEvent event, boolean replay);
    }
}
