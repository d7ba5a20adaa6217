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

    /**
     * Counts a build that ended with an image.
     *
     * @param bytes null where they are not known
     */
    public void built(BuildResult.@Nullable Report report, @Nullable CachedBytes bytes, TrustClass trust) {
        if (report == null) {
            return; // an earlier attempt built it, and counted
        }
        String word = trust.name().toLowerCase(Locale.ROOT);
        Timer.builder("forgefleet.builds")
                .description("builds that ended with an image")
                .tag("trust", word)
                .register(registry)
                .record(report.took());
        count("forgefleet.build.steps", word, report.cachedSteps(), report.steps());
        if (bytes != null) {
            count("forgefleet.build.bytes", word, (double) bytes.cached(), (double) bytes.all());
        }
    }

    private void count(String name, String trust, double cached, double all) {
        registry.counter(name, "cached", "true", "trust", trust).increment(cached);
        registry.counter(name, "cached", "false", "trust", trust).increment(all - cached);
    }
}
