package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.apply.Report;
import io.forgefleet.cleanup.plan.Plan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What cleanups did, in figures. */
public final class CleanupMeters {

    private final Counter manifests;
    private final Counter tags;
    private final Counter bytes;
    private final Counter skipped;
    private final Counter refusals;
    private final Counter incomplete;

    public CleanupMeters(MeterRegistry registry) {
        manifests = registry.counter("fleet.cleanup.deleted");
        tags = registry.counter("fleet.cleanup.untagged");
        bytes = registry.counter("fleet.cleanup.freed.bytes");
        skipped = registry.counter("fleet.cleanup.skipped");
        refusals = registry.counter("fleet.cleanup.refused");
        incomplete = registry.counter("fleet.cleanup.incomplete");
    }

    void done(Plan plan, Report report) {
        manifests.increment(report.deleted().size());
        tags.increment(report.untagged().size());
        skipped.increment(report.skipped().size());
        incomplete.increment(report.incomplete().size());
        if (report.skipped().isEmpty()) {
            bytes.increment((double) plan.freed());
        }
    }

    void refused() {
        refusals.increment();
    }
}
