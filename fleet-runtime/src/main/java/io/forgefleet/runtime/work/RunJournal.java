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

    private static final int MOST_STEPS = 200;
    private static final Duration BETWEEN_DETAILS = Duration.ofSeconds(1);

    private final RecordPublisher publisher;
    private final RunId run;
    private final long epoch;
    private final RunSubject subject;
    private final String worker;
    private final Instant startedAt;
    private final Pace details;
    private final List<Step> steps = new ArrayList<>();
    private final List<PushedImage> images = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final List<ImageTar> tars = new ArrayList<>();
    private int attempt;
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
            String worker,
            @Nullable RunState before,
            boolean quiet,
            ScheduledExecutorService clock) {
        this.publisher = publisher;
        this.run = run;
        this.epoch = epoch;
        this.subject = subject;
        this.worker = worker;
        this.startedAt = before == null ? Instant.now() : before.startedAt();
        this.attempt = before == null ? 0 : before.attempt();
        this.silent = quiet && before == null;
        this.details = new Pace(clock, BETWEEN_DETAILS, this::writeDetail);
    }

    synchronized void beginAttempt(int number) {
        attempt = number;
        endStep(true, "");
        write(RunState.Phase.RUNNING, null, null, null);
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
        if (steps.size() < MOST_STEPS) {
            steps.add(Step.begun(name, Instant.now()));
        }
        write(RunState.Phase.RUNNING, null, null, null);
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
            write(RunState.Phase.RUNNING, null, null, null);
        }
    }

    synchronized void pushed(PushedImage image) {
        images.add(image);
        write(RunState.Phase.RUNNING, null, null, null);
    }

    synchronized void attached(Attachment attachment) {
        attachments.removeIf(each -> each.name().equals(attachment.name()));
        attachments.add(attachment);
        write(RunState.Phase.RUNNING, null, null, null);
    }

    synchronized void kept(ImageTar tar) {
        tars.removeIf(each -> each.image().equals(tar.image()));
        tars.add(tar);
        write(RunState.Phase.RUNNING, null, null, null);
    }

    synchronized void retrying(String why) {
        endStep(true, why);
        write(RunState.Phase.RUNNING, null, null, null);
    }

    void parked(String why, Instant dueAt, Job resume) throws InterruptedException {
        byte[] state;
        synchronized (this) {
            endStep(false, why);
            state = next(RunState.Phase.PARKED, null, dueAt, resume);
            over = true;
        }
        publisher.publishDurably(Topic.RUNS, run.value(), key(), state);
    }

    /** Returns when the outcome is durable. */
    void ended(Outcome outcome) throws InterruptedException {
        byte[] state;
        synchronized (this) {
            endStep(outcome.reason() != Outcome.Reason.SUCCEEDED, "");
            state = next(RunState.Phase.ENDED, outcome, null, null);
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

    private void write(RunState.Phase phase, @Nullable Outcome outcome, @Nullable Instant dueAt, @Nullable Job resume) {
        if (silent || over) {
            return;
        }
        var unused = publisher.publish(Topic.RUNS, run.value(), key(), next(phase, outcome, dueAt, resume));
    }

    private byte[] next(
            RunState.Phase phase, @Nullable Outcome outcome, @Nullable Instant dueAt, @Nullable Job resume) {
        detailUnwritten = false;
        return Json.write(new RunState(
                run,
                epoch,
                revision++,
                subject,
                phase,
                Math.max(1, attempt),
                steps,
                images,
                attachments,
                tars,
                outcome,
                dueAt,
                resume,
                startedAt,
                Instant.now(),
                worker));
    }

    private String key() {
        return run + "@" + epoch;
    }
}
