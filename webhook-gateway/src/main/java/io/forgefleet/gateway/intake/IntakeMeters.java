package io.forgefleet.gateway.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Counts deliveries by forge and outcome. */
final class IntakeMeters {

    private final Map<String, Map<Outcome, Counter>> deliveries = new HashMap<>();

    /** Of every forge that is not configured, so that strangers cannot make meters. */
    private final Map<Outcome, Counter> ofNoForge;

    IntakeMeters(MeterRegistry registry, Collection<String> forges, BodyBudget budget) {
        forges.forEach(forge -> deliveries.put(forge, counters(registry, forge)));
        this.ofNoForge = counters(registry, "");
        Gauge.builder("forgefleet.deliveries.held", budget, BodyBudget::taken)
                .description("memory that bodies of deliveries take just now")
                .baseUnit("bytes")
                .register(registry);
    }

    private static Map<Outcome, Counter> counters(MeterRegistry registry, String forge) {
        Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            counters.put(
                    outcome,
                    Counter.builder("forgefleet.deliveries")
                            .description("deliveries of webhooks by what became of them")
                            .tag("forge", forge)
                            .tag("outcome", outcome.word())
                            .register(registry));
        }
        return counters;
    }

    void count(String forge, Outcome outcome) {
        Counter counter = deliveries.getOrDefault(forge, ofNoForge).get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }
}
