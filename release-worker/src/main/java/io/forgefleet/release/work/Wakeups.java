package io.forgefleet.release.work;

import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a parked run go on as soon as the runs have ended that it waits for. When this process dies meanwhile, its due time does.
 * Thread-safe.
 */
final class Wakeups implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Wakeups.class);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private final RecordPublisher publisher;
    private final Map<RunId, Set<RunId>> awaited = new ConcurrentHashMap<>();
    private final RunStates states;

    Wakeups(KafkaSettings kafka) {
        publisher = new RecordPublisher(kafka);
        states = new RunStates(kafka, RunState::withoutSteps, state -> look());
    }

    /** The newest state of a run; empty while nobody has begun it. */
    Optional<RunState> state(RunId run) throws InterruptedException {
        try {
            states.catchUp(CATCH_UP);
        } catch (TimeoutException e) {
            LOG.info("run states may be old: {}", e.getMessage());
        }
        return Optional.ofNullable(states.get(run));
    }

    /** How many runs are in such a state, as far as is known here. */
    long count(Predicate<RunState> such) {
        return states.all().stream().filter(such).count();
    }

    /** Remembers, before a run parks itself, what it waits for. */
    void await(RunId run, Set<RunId> others) {
        awaited.put(run, Set.copyOf(others));
    }

    private void look() {
        RunStates known = states;
        if (known == null) {
            return; // states come while this is being made
        }
        awaited.forEach((run, others) -> {
            RunState waiting = known.get(run);
            Job resume = waiting == null || waiting.phase() != RunState.Phase.PARKED ? null : waiting.resume();
            boolean over = others.stream().allMatch(other -> {
                RunState state = known.get(other);
                return state != null && state.isFinal();
            });
            if (waiting != null && resume != null && over && awaited.remove(run, others)) {
                LOG.info("run {} goes on: what it waited for is there", run);
                String repository = waiting.subject().repository().toString();
                var unused = publisher.publish(Topic.JOBS, repository, repository, Json.write(resume));
            }
        });
    }

    @Override
    public void close() {
        states.close();
        publisher.close();
    }
}
