package io.forgefleet.build.image;

import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.events.image.TrustClass;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How long builds take and how much of them the caches spare. */
public final class BuildMeters {

    private final MeterRegistry registry;

    public BuildMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Counts a build that ended with an image. */
    public void built(BuildResult.@Nullable Report report, TrustClass trust) {
        if (report == null) {
            return; // an earlier attempt built it, and counted
        }
        String word = trust.name().toLowerCase(Locale.ROOT);
        Timer.builder("forgefleet.builds")
                .description("builds that ended with an image")
                .tag("trust", word)
                .register(registry)
                .record(report.took());
        steps("true", word, report.cachedSteps());
        steps("false", word, report.steps() - report.cachedSteps());
    }

    private void steps(String cached, String trust, int number) {
        registry.counter("forgefleet.build.steps", "cached", cached, "trust", trust)
                .increment(number);
    }
}
