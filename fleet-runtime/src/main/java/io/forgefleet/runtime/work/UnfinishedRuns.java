package io.forgefleet.runtime.work;

import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.ClaimTiming;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the jobs of runs that nobody works on: parked ones whose time has come, and those whose worker died, or was drained, and
 * whose record nobody was handed since. Every worker of the kind does so, until somebody has claimed the run; that several do it
 * is harmless, since the claim joins equal jobs.
 */
final class UnfinishedRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRuns.class);

    private final WorkerKind kind;
    private final RunStates states;
    private final Claims claims;
    private final RecordPublisher publisher;
    private final Duration every;
    private final Duration patience;
    private final Map<RunId, Long> askedAt = new HashMap<>();
    private final Thread thread;

    UnfinishedRuns(
            WorkerKind kind,
            RunStates states,
            Claims claims,
            RecordPublisher publisher,
            Duration every,
            ClaimTiming timing) {
        this.kind = kind;
        this.states = states;
        this.claims = claims;
        this.publisher = publisher;
        this.every = every;
        this.patience = patience(every, timing);
        this.thread = Thread.ofVirtual().name("unfinished-" + kind).start(this::run);
    }

    /** How long after the last sign of its worker a run is taken for forgotten: its record is handed to another one much sooner. */
    static Duration patience(Duration every, ClaimTiming timing) {
        Duration some = every.multipliedBy(5);
        Duration least = timing.validity().multipliedBy(2);
        return some.compareTo(least) > 0 ? some : least;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(every);
                Set<RunId> forgotten = new HashSet<>();
                for (RunState state : states.all()) {
                    if (state.subject().kind().equals(kind) && !state.isFinal()) {
                        look(state, forgotten);
                    }
                }
                askedAt.keySet().retainAll(forgotten);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(RunState state, Set<RunId> forgotten) {
        Job job = state.resume();
        String key = ClaimKeys.ofRun(state.run());
        if (job == null) {
            return;
        }
        Instant due = state.dueAt();
        if (due != null) {
            if (due.isBefore(Instant.now()) && claims.isVacant(key)) {
                LOG.info("run {} goes on: its time has come", state.run());
                publish(state, job);
            }
        } else if (claims.isQuiet(key, patience)) {
            forgotten.add(state.run());
            long now = System.nanoTime();
            Long asked = askedAt.get(state.run());
            if (asked == null || now - asked >= patience.toNanos()) {
                askedAt.put(state.run(), now);
                LOG.warn("run {} goes on: its worker {} is not heard of any more", state.run(), state.worker());
                publish(state, job);
            }
        }
    }

    private void publish(RunState state, Job job) {
        String repository = state.subject().repository().toString();
        var unused = publisher.publish(Topic.JOBS, repository, repository, Json.write(job));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
