package io.forgefleet.release.proof;

import io.forgefleet.work.gate.PlatformReport;
import java.time.Instant;
import java.util.List;

/**
 * What scanners told about one part, to be judged as often as it has to be.
 *
 * @param scanner its name
 */
record Told(String scanner, List<PlatformReport> reports, Instant started, Instant finished) {

    Told {
        reports = List.copyOf(reports);
    }
}
