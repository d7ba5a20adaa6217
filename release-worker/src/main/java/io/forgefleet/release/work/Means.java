package io.forgefleet.release.work;

import io.forgefleet.release.plan.Planning;
import io.forgefleet.release.proof.Proofs;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.work.place.Workplaces;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What every run of this process works with.
 *
 * @param scratch a folder for files on their way
 */
record Means(
        Workplaces workplaces,
        Planning planning,
        Proofs proofs,
        Wakeups wakeups,
        SagaMeters meters,
        Intervals intervals,
        InstantSource clock,
        Path scratch) {}
