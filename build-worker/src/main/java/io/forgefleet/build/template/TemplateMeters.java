package io.forgefleet.build.template;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** How often a template was there, and the time that spared. */
final class TemplateMeters {

    private final MeterRegistry registry;

    TemplateMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void hit(Duration spared) {
        count("hit");
        registry.counter("forgefleet.templates.spared.seconds").increment(spared.toMillis() / 1000.0);
    }

    void built() {
        count("built");
    }

    void failed() {
        count("failed");
    }

    private void count(String result) {
        registry.counter("forgefleet.templates", "result", result).increment();
    }
}
