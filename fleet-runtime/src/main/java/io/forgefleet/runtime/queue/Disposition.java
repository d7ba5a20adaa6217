package io.forgefleet.runtime.queue;

/** What becomes of a record when its handler is through with it. */
public enum Disposition {
    /** Done; nobody gets it again. */
    ACCEPT,
    /** Somebody gets it again, at once. */
    RELEASE,
    /** Given up; nobody gets it again. */
    REJECT
}
