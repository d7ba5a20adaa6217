package io.forgefleet.runtime.metrics;

/** Names of the fleet's own meters, as code writes them; Prometheus sees {@code forgefleet_runs_seconds_count} and so on. */
public final class MeterName {

    /** Timer of the runs that ended; tags: kind, reason. */
    public static final String RUNS = "forgefleet.runs";

    /** Gauge of the slots that have a run; tag: kind. */
    public static final String SLOTS_BUSY = "forgefleet.slots.busy";

    /** Timer of webhooks until they were answered; tags: forge, answer (the status code). */
    public static final String WEBHOOKS = "forgefleet.webhooks";

    /** Gauge of the bytes of webhook bodies in memory. */
    public static final String WEBHOOK_BYTES = "forgefleet.webhook.bytes";

    /** Counter of attempts to post a commit status; tags: forge, result. */
    public static final String STATUS_POSTS = "forgefleet.status.posts";

    /** Gauge of the commit statuses that a forge does not have yet. */
    public static final String STATUSES_WAITING = "forgefleet.statuses.waiting";

    /** Timer of the tries of release steps; tags: step, result (done, waits, refused, failed). */
    public static final String RELEASE_STEPS = "forgefleet.release.steps";

    /** Counter of releases that the gate stopped; tag: step. */
    public static final String RELEASES_BLOCKED = "forgefleet.releases.blocked";

    /** Gauge of the releases of the whole fleet that are not at their end; tag: state (running, parked). */
    public static final String RELEASES = "forgefleet.releases";

    /** Gauge of the releases that this process works on now; tag: step. */
    public static final String RELEASES_AT = "forgefleet.releases.at";

    private MeterName() {}
}
