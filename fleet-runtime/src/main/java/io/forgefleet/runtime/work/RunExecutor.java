package io.forgefleet.runtime.work;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.queue.DeadLetters;
import io.forgefleet.runtime.queue.Delivery;
import io.forgefleet.runtime.queue.DeliveryHandler;
import io.forgefleet.runtime.queue.Disposition;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes a record to its end: what is asked for, by whose claim, whether it was done already, and only then the work
 * itself. {@code docs/queue-and-claims.md} says what happens at each crash point.
 */
final class RunExecutor implements DeliveryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RunExecutor.class);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    /** A process that dies takes along some deliveries that nobody saw. */
    private static final int DELIVERIES_PER_DEATH = 5;

    private final WorkerDeclaration declaration;
    private final Claims claims;
    private final RunStates states;
    private final DeadLetters deadLetters;
    private final RunLoop loop;
    private final int mostDeaths;
    private final Set<Attempt> running = ConcurrentHashMap.newKeySet();

    /** @param mostDeaths of its workers, one after the other, before a run is given up */
    RunExecutor(
            WorkerDeclaration declaration,
            Claims claims,
            RunStates states,
            DeadLetters deadLetters,
            RunLoop loop,
            int mostDeaths) {
        this.declaration = declaration;
        this.claims = claims;
        this.states = states;
        this.deadLetters = deadLetters;
        this.loop = loop;
        this.mostDeaths = mostDeaths;
    }

    @Override
    public Disposition handle(Delivery delivery) throws InterruptedException {
        Request request;
        try {
            request = Request.read(delivery.content());
        } catch (MalformedRecordException e) {
            deadLetters.write(delivery, String.valueOf(e.getMessage()));
            return Disposition.REJECT;
        }
        Job job = request.job();
        if (job != null && !job.kind().equals(declaration.kind())) {
            return Disposition.ACCEPT;
        }
        ForgeEvent event = request.event();
        boolean replay;
        try {
            replay = job != null && isReplay(job);
        } catch (TimeoutException e) {
            LOG.warn("handed back: {}", e.getMessage());
            return Disposition.RELEASE;
        }
        Optional<RunSubject> subject = declaration
                .planner()
                .subject(event, replay)
                .map(asked -> job == null || job.target().isEmpty() ? asked : asked.making(job.target()));
        if (subject.isEmpty()) {
            return Disposition.ACCEPT;
        }
        RunId run = job != null
                ? job.run()
                : RunId.derive(
                        event.id().value(),
                        declaration.kind().name(),
                        subject.get().target(),
                        "");
        // the thread is this job's own, so that its logging context goes with it
        MDC.put("runId", run.value());
        MDC.put("eventId", event.id().value());
        MDC.put("repository", event.repository().toString());
        RunState known = states.get(run);
        if (known != null && known.isFinal()) {
            return Disposition.ACCEPT;
        }
        Disposition disposition = Disposition.RELEASE;
        try {
            disposition = claimed(delivery, request, run, subject.get());
        } catch (RuntimeException e) {
            LOG.error("{} could not be handled", delivery.ref(), e);
        }
        if (disposition != Disposition.RELEASE || !delivery.isWorn()) {
            return disposition;
        }
        if (isEndless(delivery)) {
            deadLetters.write(delivery, "taken " + delivery.count() + " times and never begun");
            return Disposition.REJECT;
        }
        return loop.handOver(delivery, request, run, subject.get());
    }

    private boolean isEndless(Delivery delivery) {
        return delivery.count() >= mostDeaths * DELIVERIES_PER_DEATH;
    }

    private Disposition claimed(Delivery delivery, Request request, RunId run, RunSubject subject)
            throws InterruptedException {
        return switch (claims.acquire(ClaimKeys.ofRun(run), delivery.ref())) {
            case Acquisition.Held held -> own(held.claim(), delivery, request, run, subject);
            case Acquisition.Elsewhere elsewhere -> {
                LOG.info("{} joins the live run of {}", delivery.ref(), elsewhere.job());
                yield Disposition.ACCEPT;
            }
        };
    }

    /** A replay that waited, and goes on, is one still: its commit need not be the head of anything. */
    private boolean isReplay(Job job) throws TimeoutException, InterruptedException {
        if (job.cause() == Job.Cause.REPLAY || job.cause() == Job.Cause.FOLLOW) {
            return job.cause() == Job.Cause.REPLAY;
        }
        states.catchUp(CATCH_UP);
        RunState waited = states.get(job.run());
        return waited != null && waited.subject().replay();
    }

    @Override
    public void preempt() {
        running.forEach(attempt -> attempt.end(Outcome.Reason.PREEMPTED));
    }

    /** What runs just now; changes while it is looked at. */
    Collection<Attempt> running() {
        return running;
    }

    private Disposition own(Claim claim, Delivery delivery, Request request, RunId run, RunSubject subject)
            throws InterruptedException {
        Attempt attempt = new Attempt(subject);
        running.add(attempt);
        try {
            claim.onLost(() -> attempt.end(Outcome.Reason.LOST));
            states.catchUp(CATCH_UP);
            RunState before = states.get(run);
            if (before != null && (before.isFinal() || waitsForAnotherRecord(before, request.job()))) {
                return Disposition.ACCEPT;
            }
            String hopeless = hopeless(before, delivery);
            if (!hopeless.isEmpty()) {
                return loop.giveUp(claim, delivery, request, run, subject, before, hopeless);
            }
            if (delivery.isWorn()) {
                return loop.handOver(delivery, request, run, subject);
            }
            return loop.run(attempt, claim, delivery, request, run, subject, before);
        } catch (TimeoutException e) {
            LOG.warn("handed back: {}", e.getMessage());
            return Disposition.RELEASE;
        } finally {
            attempt.over();
            running.remove(attempt);
            claim.release();
        }
    }

    /** Why nobody is to work on it any more; empty while somebody is. */
    private String hopeless(@Nullable RunState before, Delivery delivery) {
        if (before != null && before.phase() == RunState.Phase.RUNNING && before.attempt() >= mostDeaths) {
            return "begun " + before.attempt() + " times and never finished: its workers died or were lost";
        }
        return isEndless(delivery)
                ? "taken " + delivery.count() + " times and never begun: whoever took it died or was lost"
                : "";
    }

    /** A parked run goes on by the record that its due time brings; what led to it earlier is done. */
    private static boolean waitsForAnotherRecord(RunState before, @Nullable Job job) {
        return before.phase() == RunState.Phase.PARKED && (job == null || job.cause() != Job.Cause.RESUMED);
    }
}
