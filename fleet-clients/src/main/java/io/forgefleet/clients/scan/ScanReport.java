package io.forgefleet.clients.scan;

import java.util.List;

/**
 * What a scanner found in one SBOM.
 *
 * @param scanner its name
 * @param unexamined packages of the SBOM that the scanner told it has no advisories for at all; about these it says nothing
 */
public record ScanReport(String scanner, List<ReportedFinding> findings, List<PackageRef> unexamined) {

    public ScanReport {
        findings = List.copyOf(findings);
        unexamined = List.copyOf(unexamined);
    }
}
