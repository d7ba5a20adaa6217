package io.forgefleet.runtime.work;

import io.forgefleet.events.run.Outcome.Reason;
import org.jspecify.annotations.Nullable;

/** The thread of a running job, and why it was interrupted. Thread-safe. */
final class Attempt {

    private @Nullable Thread thread = Thread.currentThread();
    private @Nullable Reason ended;

    /** Interrupts the thread once, unless the work is over; the first reason counts. */
    synchronized void end(Reason reason) {
        if (thread != null && ended == null) {
            ended = reason;
            thread.interrupt();
        }
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
}
