package io.forgefleet.runtime.work;

import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.metrics.MeterName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How many runs ended how, and how long they took. */
final class RunMeters {

    private final MeterRegistry registry;

    RunMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void busySlots(String kind, Supplier<Number> busy) {
        Gauge.builder(MeterName.SLOTS_BUSY, busy).tag("kind", kind).register(registry);
    }

    void ended(RunSubject subject, Outcome outcome, long nanos) {
        Timer.builder(MeterName.RUNS)
                .description("runs that ended")
                .tag("kind", subject.kind().name())
                .tag("reason", outcome.reason().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }
}
