package io.forgefleet.runtime.work;

import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Writes the states of one run under one claim, each newer than the one before. Thread-safe. */
final class RunJournal {

    private static final Duration BETWEEN_DETAILS = Duration.ofSeconds(1);

    private final RecordPublisher publisher;
    private final RunId run;
    private final long epoch;
    private final RunSubject subject;
    private final Job resume;
    private final String worker;
    private final Instant startedAt;
    private final Pace details;
    private final List<Step> steps = new ArrayList<>();
    private final List<PushedImage> images = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final List<ImageTar> tars = new ArrayList<>();
    private int attempt;
    private int reached;
    private int revision;

    /** Nothing was written yet, and nothing is before the worker says that there is something to do. */
    private boolean silent;

    private boolean detailUnwritten;
    private boolean over;

    RunJournal(
            RecordPublisher publisher,
            RunId run,
            long epoch,
            RunSubject subject,
            Job resume,
            String worker,
            @Nullable RunState before,
            boolean quiet,
            ScheduledExecutorService clock) {
        this.publisher = publisher;
        this.run = run;
        this.epoch = epoch;
        this.subject = subject;
        this.resume = resume;
        this.worker = worker;
        this.startedAt = before == null ? Instant.now() : before.startedAt();
        this.attempt = before == null ? 0 : before.attempt();
        this.reached = before == null ? 0 : before.reached();
        this.silent = quiet && before == null;
        this.details = new Pace(clock, BETWEEN_DETAILS, this::writeDetail);
    }

    synchronized void beginAttempt(int number) {
        attempt = number;
        endStep(true, "");
        writeRunning();
    }

    /** The number of the attempt that goes on, counted from when it last came further than before. */
    synchronized int attempt() {
        return attempt;
    }

    synchronized void reached(int done) {
        if (done > reached) {
            reached = done;
            attempt = 1;
        }
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Whether nobody was told of the run. */
    synchronized boolean isSilent() {
        return silent;
    }

    synchronized void begin(String name) {
        silent = false;
        endStep(false, "");
        if (steps.size() < RunState.MOST_STEPS) {
            steps.add(Step.begun(name, Instant.now()));
        }
        writeRunning();
    }

    /** A build has many of them in a second: people see the last one a second later at most. */
    void detail(String detail) {
        synchronized (this) {
            if (steps.isEmpty()) {
                return;
            }
            Step last = steps.getLast();
            steps.set(steps.size() - 1, new Step(last.name(), last.started(), last.ended(), last.failed(), detail));
            detailUnwritten = true;
        }
        details.ask();
    }

    private synchronized void writeDetail() {
        if (detailUnwritten) {
            writeRunning();
        }
    }

    synchronized void pushed(PushedImage image) {
        images.add(image);
        writeRunning();
    }

    synchronized void attached(Attachment attachment) {
        attachments.removeIf(each -> each.name().equals(attachment.name()));
        attachments.add(attachment);
        writeRunning();
    }

    synchronized void kept(ImageTar tar) {
        tars.removeIf(each -> each.image().equals(tar.image()));
        tars.add(tar);
        writeRunning();
    }

    synchronized void retrying(String why) {
        endStep(true, why);
        writeRunning();
    }

    void parked(String why, Instant dueAt) throws InterruptedException {
        byte[] state;
        synchronized (this) {
            endStep(false, why);
            state = next(RunState.Phase.PARKED, null, dueAt);
            over = true;
        }
        publisher.publishDurably(Topic.RUNS, run.value(), key(), state);
    }

    /** Returns when the outcome is durable. */
    void ended(Outcome outcome) throws InterruptedException {
        byte[] state;
        synchronized (this) {
            endStep(outcome.reason() != Outcome.Reason.SUCCEEDED, "");
            state = next(RunState.Phase.ENDED, outcome, null);
            over = true;
        }
        publisher.publishDurably(Topic.RUNS, run.value(), key(), state);
    }

    private void endStep(boolean failed, String detail) {
        if (!steps.isEmpty() && steps.getLast().ended() == null) {
            Step last = steps.getLast();
            steps.set(steps.size() - 1, last.ended(Instant.now(), failed, detail.isEmpty() ? last.detail() : detail));
        }
    }

    private void writeRunning() {
        if (silent || over) {
            return;
        }
        var unused = publisher.publish(Topic.RUNS, run.value(), key(), next(RunState.Phase.RUNNING, null, null));
    }

    private byte[] next(RunState.Phase phase, @Nullable Outcome outcome, @Nullable Instant dueAt) {
        detailUnwritten = false;
        return Json.write(new RunState(
                run,
                epoch,
                revision++,
                subject,
                phase,
                Math.max(1, attempt),
                reached,
                steps,
                images,
                attachments,
                tars,
                outcome,
                dueAt,
                outcome == null || outcome.reason().startsAgain() ? resume : null,
                startedAt,
                Instant.now(),
                worker));
    }

    private String key() {
        return run + "@" + epoch;
    }
}
