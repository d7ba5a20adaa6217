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
 */
public record WorkerDeclaration(
        WorkerKind kind, Set<Topic> topics, Planner planner, Worker worker, Cancellation cancellation) {

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
