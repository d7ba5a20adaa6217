package io.forgefleet.runtime.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClaimSimulationTest {

    @Test
    void neverTwoOwnersAndNeverAKeyWithoutOneInThreeThousandFleets() {
        simulate(0, 3_000);
    }

    @Test
    @Tag("soak")
    void neverTwoOwnersAndNeverAKeyWithoutOneInTwoHundredThousandFleets() {
        simulate(3_000, 200_000);
    }

    private static void simulate(long from, long to) {
        long[] seen = new long[3];
        LongStream.range(from, to).forEach(seed -> {
            SimulatedFleet fleet = new SimulatedFleet(seed);
            try {
                fleet.run(Duration.ofMinutes(5));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            seen[0] += fleet.owners;
            seen[1] += fleet.acts;
            seen[2] += fleet.displacements;
        });
        // A simulation in which nothing happens proves nothing.
        assertThat(seen[0]).as("ownerships").isGreaterThan(2 * (to - from));
        assertThat(seen[1]).as("acts").isGreaterThan(100 * (to - from));
        assertThat(seen[2]).as("owners displaced").isGreaterThan((to - from) / 20);
    }
}
