package io.forgefleet.runtime.work;

import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the jobs of parked runs whose time has come. Every worker of the kind does so, until somebody has claimed
 * the run; that several do it is harmless, since the claim joins equal jobs.
 */
final class ParkedRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ParkedRuns.class);

    private final WorkerKind kind;
    private final RunStates states;
    private final Claims claims;
    private final RecordPublisher publisher;
    private final Thread thread;

    ParkedRuns(WorkerKind kind, RunStates states, Claims claims, RecordPublisher publisher, Duration every) {
        this.kind = kind;
        this.states = states;
        this.claims = claims;
        this.publisher = publisher;
        this.thread = Thread.ofVirtual().name("parked-" + kind).start(() -> run(every));
    }

    private void run(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                for (RunState state : states.all()) {
                    publishIfDue(state);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publishIfDue(RunState state) {
        Job job = state.resume();
        Instant due = state.dueAt();
        if (job == null || due == null || !state.subject().kind().equals(kind)) {
            return;
        }
        if (due.isBefore(Instant.now()) && claims.isFree(ClaimKeys.ofRun(state.run()))) {
            LOG.info("run {} goes on: its time has come", state.run());
            String repository = state.subject().repository().toString();
            var unused = publisher.publish(Topic.JOBS, repository, repository, Json.write(job));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
