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
     * @param layers by target, what made the layers of its images: one per platform, or one for all where they have the same steps.
     *     None where that is not told
     * @param bases the images that were built upon, by digest: {@code docker.io/library/debian:bookworm@sha256:…}. Those that stand
     *     in for others are told as they were named, and so are there only where they were named by digest
     * @param warnings at most 50
     */
    record Report(
            Duration took,
            int steps,
            int cachedSteps,
            @Nullable String firstRun,
            Map<String, List<LayerSteps>> layers,
            List<String> bases,
            List<String> warnings) {
        public Report {
            layers = Map.copyOf(layers);
            bases = List.copyOf(bases);
            warnings = List.copyOf(warnings);
        }

        /** Whether no step was run. */
        public boolean allCached() {
            return firstRun == null;
        }
    }

    /**
     * The steps that made the layers of an image upon its base, from the base up.
     *
     * @param stage of the Dockerfile, with target and platform before it where a build has several
     */
    record LayerSteps(String stage, List<LayerStep> steps) {
        public LayerSteps {
            steps = List.copyOf(steps);
        }

        /** Whether they are of a platform, which is {@code os/arch[/variant]}. */
        public boolean isOf(String platform) {
            return List.of(stage.split(" ")).contains(platform);
        }
    }

    /**
     * A step that made a layer.
     *
     * @param instruction in capitals: {@code RUN}, {@code COPY}
     * @param cached whether it was not run
     */
    record LayerStep(String instruction, boolean cached) {}

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
