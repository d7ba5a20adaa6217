package io.forgefleet.runtime.work;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import org.jspecify.annotations.Nullable;

/** The thread of a running job, and why it was interrupted. Thread-safe. */
final class Attempt {

    private final RunSubject subject;
    private @Nullable Thread thread = Thread.currentThread();
    private @Nullable Reason ended;
    private @Nullable Outcome cancelled;
    private boolean beyondRecall;

    Attempt(RunSubject subject) {
        this.subject = subject;
    }

    RunSubject subject() {
        return subject;
    }

    /** Interrupts the thread once, unless the work is over; the first reason counts. */
    synchronized void end(Reason reason) {
        if (thread != null && ended == null) {
            ended = reason;
            thread.interrupt();
        }
    }

    /** As {@link #end}, unless the work is beyond recall; the run has this outcome then. */
    synchronized void cancel(Outcome outcome) {
        if (!beyondRecall && thread != null && ended == null) {
            cancelled = outcome;
            end(outcome.reason());
        }
    }

    /** From now on it is not cancelled any more. */
    synchronized void beyondRecall() throws InterruptedException {
        if (cancelled != null) {
            throw new InterruptedException("cancelled");
        }
        beyondRecall = true;
    }

    /** To be called by the thread itself when the work is over, so that no interrupt meets what comes after it. */
    synchronized void over() {
        thread = null;
        var unused = Thread.interrupted();
    }

    /** Why it was ended from outside; null when it was not. */
    synchronized @Nullable Reason reason() {
        return ended;
    }

    /** What it was cancelled with; null when it was not cancelled. */
    synchronized @Nullable Outcome cancelled() {
        return cancelled;
    }
}
