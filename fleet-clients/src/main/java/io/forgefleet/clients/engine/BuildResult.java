package io.forgefleet.clients.engine;

import io.forgefleet.events.image.Digest;
import java.time.Duration;
import java.util.List;

/** How a build ended that met no trouble of engine, registry or network. */
public sealed interface BuildResult {

    Report report();

    /**
     * What a build took.
     *
     * @param steps of the Dockerfile, as far as they were begun
     * @param cachedSteps of these, how many were not run
     * @param warnings at most 50
     */
    record Report(Duration took, int steps, int cachedSteps, List<String> warnings) {
        public Report {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The image is in the engine's store.
     *
     * @param digest of the manifest, or of the index for several platforms: what a push will give
     */
    record Built(Digest digest, Report report) implements BuildResult {}

    /**
     * The Dockerfile, or what it runs, failed: the same commit would fail again.
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
