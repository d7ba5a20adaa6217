package io.forgefleet.runtime.work;

import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.queue.DeadLetters;
import io.forgefleet.runtime.queue.Delivery;
import io.forgefleet.runtime.queue.Disposition;
import io.forgefleet.runtime.queue.Gate;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.NothingToDoException;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The attempts of one run under its claim, until one of them ends it. */
final class RunLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);

    private final WorkerDeclaration declaration;
    private final RunTiming timing;
    private final Claims claims;
    private final RecordPublisher publisher;
    private final DeadLetters deadLetters;
    private final Gate gate;
    private final RunMeters meters;
    private final String workerName;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("run-clock").daemon().factory());

    RunLoop(
            WorkerDeclaration declaration,
            RunTiming timing,
            Claims claims,
            RecordPublisher publisher,
            DeadLetters deadLetters,
            Gate gate,
            RunMeters meters,
            String workerName) {
        this.declaration = declaration;
        this.timing = timing;
        this.claims = claims;
        this.publisher = publisher;
        this.deadLetters = deadLetters;
        this.gate = gate;
        this.meters = meters;
        this.workerName = workerName;
    }

    /** Begun or handed out too often, never finished: whoever worked on it died each time. */
    Disposition giveUp(
            Claim claim,
            Delivery delivery,
            Request request,
            RunId run,
            RunSubject subject,
            @Nullable RunState before,
            String cause)
            throws InterruptedException {
        deadLetters.write(delivery, cause);
        journal(claim, request, run, subject, before)
                .ended(Outcome.of(Reason.FAILED, "The run was " + cause + ". Replay it when the cause is mended."));
        return Disposition.REJECT;
    }

    /** Writes a record in place of one that the broker would drop soon; by it the run is begun, or goes on. */
    Disposition handOver(Delivery delivery, Request request, RunId run, RunSubject subject)
            throws InterruptedException {
        Job job = request.job() == null ? resume(request, run, subject) : request.job();
        String repository = subject.repository().toString();
        publisher.publishDurably(Topic.JOBS, repository, repository, Json.write(job), delivery.inPlace());
        LOG.warn("{} was handed out {} times, and is written anew", delivery.ref(), delivery.count());
        return Disposition.ACCEPT;
    }

    Disposition run(
            Attempt attempt,
            Claim claim,
            Delivery delivery,
            Request request,
            RunId run,
            RunSubject subject,
            @Nullable RunState before)
            throws InterruptedException {
        RunJournal journal = journal(claim, request, run, subject, before);
        RunLog log = new RunLog(publisher, run, claim.epoch(), clock);
        Future<?> deadline = clock.schedule(
                () -> attempt.end(Reason.TIMED_OUT), timing.timeout().toNanos(), TimeUnit.NANOSECONDS);
        long began = System.nanoTime();
        Ending ending;
        try {
            ending = attempts(attempt, claim, request, run, subject, journal, log, before);
        } finally {
            deadline.cancel(false);
            attempt.over();
            log.flush();
        }
        return switch (ending) {
            case Ending.Parked parked -> {
                Instant due = Instant.now().plus(parked.delay());
                journal.parked(parked.reason(), due);
                LOG.info("parked until {}: {}", due, parked.reason());
                yield Disposition.ACCEPT;
            }
            case Ending.Nothing nothing -> {
                if (journal.isSilent()) {
                    LOG.debug("nothing to do: {}", nothing.why());
                } else {
                    end(journal, subject, Outcome.of(Reason.SUCCEEDED, nothing.why()), began);
                }
                yield Disposition.ACCEPT;
            }
            case Ending.GivenUp givenUp -> {
                deadLetters.write(delivery, givenUp.cause());
                end(journal, subject, Outcome.of(Reason.FAILED, givenUp.cause()), began);
                yield Disposition.REJECT;
            }
            case Ending.Done done -> {
                end(journal, subject, done.outcome(), began);
                yield done.outcome().reason().startsAgain() ? Disposition.RELEASE : Disposition.ACCEPT;
            }
        };
    }

    private sealed interface Ending {
        record Done(Outcome outcome) implements Ending {}

        record Parked(Duration delay, String reason) implements Ending {}

        record GivenUp(String cause) implements Ending {}

        record Nothing(String why) implements Ending {}
    }

    private Ending attempts(
            Attempt attempt,
            Claim claim,
            Request request,
            RunId id,
            RunSubject subject,
            RunJournal journal,
            RunLog log,
            @Nullable RunState before) {
        int number = number(before);
        while (true) {
            LiveRun run = new LiveRun(
                    id,
                    subject,
                    request.event(),
                    request.job(),
                    number,
                    claim,
                    claims,
                    journal,
                    log,
                    publisher,
                    timing.park(),
                    attempt);
            MDC.put("attempt", Integer.toString(number));
            try {
                journal.beginAttempt(number);
                return new Ending.Done(declaration.worker().work(run));
            } catch (InterruptedException e) {
                return new Ending.Done(endedFromOutside(attempt));
            } catch (ClaimLostException e) {
                return new Ending.Done(Outcome.of(Reason.LOST, message(e)));
            } catch (NothingToDoException e) {
                return new Ending.Nothing(message(e));
            } catch (ParkedException e) {
                return new Ending.Parked(e.waitTime(), message(e));
            } catch (DependencyAwayException e) {
                gate.close(e.dependency(), e.probe());
                journal.retrying(message(e));
                if (!waited(null)) {
                    return new Ending.Done(endedFromOutside(attempt));
                }
            } catch (Exception e) {
                if (attempt.reason() != null) {
                    return new Ending.Done(endedFromOutside(attempt));
                }
                String what = message(e);
                number = journal.attempt();
                if (number >= timing.attempts()) {
                    return new Ending.GivenUp("Given up after " + number + " attempts: " + what);
                }
                Duration asked = e instanceof RetryableException retryable ? retryable.retryAfter() : Duration.ZERO;
                Duration wait = asked.compareTo(timing.retryDelay()) > 0 ? asked : timing.retryDelay();
                if (e instanceof RetryableException) {
                    LOG.warn("attempt {} of {} failed, the next in {}: {}", number, timing.attempts(), wait, what);
                } else {
                    LOG.error("attempt {} of {} failed by a mistake", number, timing.attempts(), e);
                }
                log.add("attempt " + number + " of " + timing.attempts() + " failed: " + what);
                log.flush();
                journal.retrying(what);
                number++;
                if (!waited(wait)) {
                    return new Ending.Done(endedFromOutside(attempt));
                }
            } finally {
                run.releaseFurther();
            }
        }
    }

    /** Who parked or drained it did not fail. */
    private static int number(@Nullable RunState before) {
        if (before == null) {
            return 1;
        }
        Outcome outcome = before.outcome();
        boolean failed =
                before.phase() == RunState.Phase.RUNNING || (outcome != null && outcome.reason() == Reason.LOST);
        return before.attempt() + (failed ? 1 : 0);
    }

    /** Waits for this long, or for the gate; false when the run was ended from outside meanwhile. */
    private boolean waited(@Nullable Duration wait) {
        try {
            if (wait != null) {
                Thread.sleep(wait);
                return true;
            }
            return gate.awaitOpen(timing.timeout());
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static String message(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), e.toString());
    }

    private Outcome endedFromOutside(Attempt attempt) {
        Outcome cancelled = attempt.cancelled();
        if (cancelled != null) {
            return cancelled;
        }
        Reason reason = attempt.reason();
        if (reason == Reason.TIMED_OUT) {
            String limit = timing.timeout().toString().substring(2).toLowerCase(Locale.ROOT);
            return Outcome.of(reason, "The run took longer than " + limit + " and was stopped.");
        }
        if (reason == Reason.PREEMPTED) {
            return Outcome.of(reason, "The worker was drained; another one goes on.");
        }
        return Outcome.of(Reason.LOST, "The claim ran out; another worker acts now.");
    }

    private void end(RunJournal journal, RunSubject subject, Outcome outcome, long began) throws InterruptedException {
        journal.ended(outcome);
        meters.ended(subject, outcome, System.nanoTime() - began);
        LOG.info("{}: {}", outcome.reason(), outcome.message());
    }

    private RunJournal journal(Claim claim, Request request, RunId run, RunSubject subject, @Nullable RunState before) {
        return new RunJournal(
                publisher,
                run,
                claim.epoch(),
                subject,
                resume(request, run, subject),
                workerName,
                before,
                declaration.quiet(),
                clock);
    }

    private static Job resume(Request request, RunId run, RunSubject subject) {
        Job job = request.job();
        return new Job(
                UUID.randomUUID().toString(),
                subject.kind(),
                request.event(),
                Job.Cause.RESUMED,
                job != null && job.rebuild(),
                run,
                Instant.now(),
                job == null ? "" : job.target(),
                job == null ? List.of() : job.images(),
                job == null ? List.of() : job.attachments());
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
