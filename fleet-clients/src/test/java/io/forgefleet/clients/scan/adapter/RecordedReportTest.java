package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.tool.ToolPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trivy and Grype cannot be had on every machine: doubles print what these document and print, and note how they were called. */
class RecordedReportTest {

    @TempDir
    private Path folder;

    @Test
    void readsTrivy() throws Exception {
        Files.createDirectories(folder.resolve("db"));
        Files.writeString(folder.resolve("db/trivy.db"), "");
        Trivy trivy = new Trivy(recorded("trivy"), database(), System.getenv(), Duration.ofSeconds(20));

        List<ReportedFinding> findings = trivy.scan(Boms.of(folder)).findings();

        assertThat(findings)
                .extracting(ReportedFinding::advisory, ReportedFinding::severity, each -> each.installed()
                        .purl())
                .containsExactly(
                        tuple("CVE-2023-5363", "HIGH", "pkg:deb/debian/libssl3@3.0.9-1"),
                        tuple("CVE-2019-18276", "LOW", "pkg:deb/debian/bash@5.0-4"),
                        tuple("CVE-2020-14343", "CRITICAL", "pkg:pypi/pyyaml@5.3"));
        assertThat(findings.get(0).fixedIn()).containsExactly("3.0.11-1~deb12u2");
        assertThat(findings.get(0).vectors()).contains("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N");
        assertThat(findings.get(0).aliases())
                .as("DSA-5532-1 mends other things too")
                .isEmpty();
        assertThat(findings.get(1).fixedIn()).isEmpty();
        assertThat(Files.readString(folder.resolve("called")))
                .contains("--offline-scan")
                .contains("--skip-db-update")
                .contains("--cache-dir=" + folder)
                .endsWith("sbom.cdx.json\n");
    }

    @Test
    void readsGrype() throws Exception {
        Files.writeString(folder.resolve("vulnerability.db"), "");
        Grype grype = new Grype(recorded("grype"), database(), System.getenv(), Duration.ofSeconds(20));

        List<ReportedFinding> findings = grype.scan(Boms.of(folder)).findings();

        assertThat(findings).hasSize(2);
        assertThat(findings.get(0).advisory()).isEqualTo("GHSA-8q59-q68h-6hv4");
        assertThat(findings.get(0).aliases()).containsExactly("CVE-2020-14343");
        assertThat(findings.get(0).severity()).isEqualTo("Critical");
        assertThat(findings.get(0).vectors())
                .containsExactly("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:N/AC:L/Au:N/C:C/I:C/A:C");
        assertThat(findings.get(1).aliases())
                .as("it mends two vulnerabilities, and is neither")
                .isEmpty();
        assertThat(findings.get(1).installed().purl()).isEqualTo("pkg:rpm/ol/zlib@1.2.11");
        assertThat(Files.readString(folder.resolve("called"))).startsWith("sbom:" + folder);
        assertThat(Files.readString(folder.resolve("environment")))
                .contains("GRYPE_DB_AUTO_UPDATE=false")
                .contains("GRYPE_DB_MAX_ALLOWED_BUILT_AGE=172800s")
                .contains("GRYPE_DB_CACHE_DIR=" + folder);
    }

    private ScannerDatabase database() {
        return new ScannerDatabase(
                folder, Duration.ofDays(2), InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z")));
    }

    private ToolPaths recorded(String program) throws Exception {
        Path output = Path.of(Objects.requireNonNull(getClass().getResource("/scan/" + program + ".json"))
                .toURI());
        return ScanPrograms.script(
                folder, program, "cd " + folder + "; echo \"$*\" > called; env > environment; cat " + output);
    }
}
