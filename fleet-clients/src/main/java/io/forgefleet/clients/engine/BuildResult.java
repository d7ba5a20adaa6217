package io.forgefleet.clients.engine;

import io.forgefleet.events.image.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a build ended that met no trouble of engine, registry or network. */
public sealed interface BuildResult {

    Report report();

    /**
     * What a build took.
     *
     * @param steps of the Dockerfile, as far as they were begun
     * @param cachedSteps of these, how many were not run
     * @param firstRun of the steps that were run, the first to begin; null when none was
     * @param warnings at most 50
     */
    record Report(
            Duration took,
            int steps,
            int cachedSteps,
            @Nullable String firstRun,
            List<String> warnings) {
        public Report {
            warnings = List.copyOf(warnings);
        }

        /** Whether no step was run. */
        public boolean allCached() {
            return firstRun == null;
        }
    }

    /**
     * What was asked for is there.
     *
     * @param digests by target, of the manifest, or of the index for several platforms: what a push will give. Empty when only
     *     caches were asked for
     */
    record Built(Map<String, Digest> digests, Report report) implements BuildResult {
        public Built {
            digests = Map.copyOf(digests);
        }
    }

    /**
     * A Dockerfile, or what it runs, failed: the same commit would fail again.
     *
     * @param step that failed; empty when the Dockerfile could not be read
     * @param error as BuildKit says it
     * @param lastLines of the step, at most 20
     */
    record Failed(String step, String error, List<String> lastLines, Report report) implements BuildResult {
        public Failed {
            lastLines = List.copyOf(lastLines);
        }
    }
}
