package io.forgefleet.runtime.work;

import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.queue.DeadLetters;
import io.forgefleet.runtime.queue.Gate;
import io.forgefleet.runtime.queue.JobQueue;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * One worker kind at work in this process: its slots, claims, journal and what goes on with parked runs. The topics and
 * the share group have to be there.
 */
public final class WorkerService {

    /** How long runs that are ended at the end of the drain time have to write their outcome. */
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);

    private final RecordPublisher publisher;
    private final Claims claims;
    private final RunStates states;
    private final RunLoop loop;
    private final UnfinishedRuns unfinished;
    private final JobQueue queue;
    private final News news;
    private final Gate gate = new Gate();

    /**
     * Starts it.
     *
     * @param name of this process, for people
     * @param slots how many runs it works on at once, from 1
     */
    public WorkerService(
            KafkaSettings kafka,
            WorkerDeclaration declaration,
            String name,
            int slots,
            ShareGroup group,
            ClaimTiming claimTiming,
            RunTiming runTiming,
            MeterRegistry registry) {
        RunMeters meters = new RunMeters(registry);
        Set<Topic> topics = new HashSet<>(declaration.topics());
        topics.add(Topic.JOBS);
        publisher = new RecordPublisher(kafka);
        claims = new Claims(kafka, claimTiming);
        states = RunStates.forWorkers(kafka);
        DeadLetters deadLetters = new DeadLetters(publisher, group.name());
        loop = new RunLoop(declaration, runTiming, claims, publisher, deadLetters, gate, meters, name);
        unfinished = new UnfinishedRuns(declaration.kind(), states, claims, publisher, runTiming.park(), claimTiming);
        RunExecutor executor = new RunExecutor(declaration, claims, states, deadLetters, loop, group.deliveryLimit());
        queue = new JobQueue(kafka, group, topics, slots, gate, executor);
        news = new News(kafka, declaration, executor.running());
        meters.busySlots(declaration.kind().name(), queue::busy);
    }

    /** What keeps it from taking work, for people; empty when nothing does. */
    public String missing() {
        if (!gate.isOpen()) {
            return String.join(", ", gate.away()) + " away";
        }
        return claims.currentSince() == null || states.currentSince() == null ? "Kafka cannot be read" : "";
    }

    /** How many runs are in hand. */
    public int busy() {
        return queue.busy();
    }

    /**
     * Ends it: takes nothing more, lets runs finish within the drain time, hands back what is not done by then.
     */
    public void stop(Duration drain) throws InterruptedException {
        queue.stop(drain, AFTER_DRAIN);
        news.close();
        unfinished.close();
        loop.close();
        claims.close();
        states.close();
        publisher.close();
    }
}
