package io.forgefleet.release.work;

import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState.Phase;
import io.forgefleet.release.proof.BlockedException;
import io.forgefleet.release.saga.SagaStep;
import io.forgefleet.runtime.metrics.MeterName;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.release.ReleaseTargets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How far releases are, and how long their steps take. Thread-safe. */
final class SagaMeters {

    /** A step to be measured. */
    @FunctionalInterface
    interface Work {
        void perform() throws Exception;
    }

    private final MeterRegistry registry;
    private final Map<SagaStep, AtomicInteger> at = new EnumMap<>(SagaStep.class);

    SagaMeters(MeterRegistry registry, Wakeups wakeups) {
        this.registry = registry;
        for (SagaStep step : SagaStep.values()) {
            AtomicInteger here = new AtomicInteger();
            at.put(step, here);
            Gauge.builder(MeterName.RELEASES_AT, here, AtomicInteger::get)
                    .tag("step", name(step))
                    .register(registry);
        }
        for (Phase phase : new Phase[] {Phase.RUNNING, Phase.PARKED}) {
            Gauge.builder(
                            MeterName.RELEASES,
                            () -> wakeups.count(state -> state.phase() == phase
                                    && state.subject().kind().equals(WorkerKind.RELEASE)
                                    && state.subject().target().equals(ReleaseTargets.RELEASE)))
                    .tag("state", phase.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    /** Performs a step. */
    void measure(SagaStep step, Work work) throws Exception {
        AtomicInteger here = at.getOrDefault(step, new AtomicInteger());
        here.incrementAndGet();
        long began = System.nanoTime();
        String result = "failed";
        try {
            work.perform();
            result = "done";
        } catch (ParkedException e) {
            result = "waits";
            throw e;
        } catch (RunEndedException e) {
            result = "refused";
            if (e instanceof BlockedException) {
                Counter.builder(MeterName.RELEASES_BLOCKED)
                        .tag("step", name(step))
                        .register(registry)
                        .increment();
            }
            throw e;
        } finally {
            here.decrementAndGet();
            Timer.builder(MeterName.RELEASE_STEPS)
                    .tag("step", name(step))
                    .tag("result", result)
                    .register(registry)
                    .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        }
    }

    private static String name(SagaStep step) {
        return step.name().toLowerCase(Locale.ROOT);
    }
}
