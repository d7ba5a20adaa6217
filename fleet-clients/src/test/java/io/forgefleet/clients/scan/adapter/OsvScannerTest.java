package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanReport;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real osv-scanner on a database of real advisories. */
class OsvScannerTest {

    private static final String LIBSSL = "pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12&upstream=openssl";

    private ToolPaths paths;

    @TempDir
    private Path folder;

    @BeforeEach
    void find() {
        paths = ScanPrograms.osvScanner();
    }

    @Test
    void findsWhatIsKnown() throws Exception {
        ScanReport report = scanner("PyPI").scan(Boms.of(folder, "pkg:pypi/pyyaml@5.3"));

        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.advisory()).isEqualTo("PYSEC-2021-142");
            assertThat(finding.aliases()).containsExactlyInAnyOrder("CVE-2020-14343", "GHSA-8q59-q68h-6hv4");
            assertThat(finding.fixedIn()).containsExactly("5.4");
            assertThat(finding.severity()).isNull();
            assertThat(finding.installed().purl()).isEqualTo("pkg:pypi/pyyaml@5.3");
        });
    }

    @Test
    void readsTheAdvisorysOwnSeverityAndVector() throws Exception {
        ScanReport report = scanner("PyPI").scan(Boms.of(folder, "pkg:pypi/jinja2@2.4.1"));

        assertThat(report.findings())
                .extracting(ReportedFinding::advisory)
                .contains("GHSA-462w-v97r-4m45", "PYSEC-2019-217");
        assertThat(report.findings())
                .filteredOn(finding -> finding.advisory().startsWith("GHSA"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo("HIGH");
                    assertThat(finding.vectors()).containsExactly("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N");
                });
    }

    @Test
    void advisoriesOfASourceAreFoundForWhatIsBuiltFromIt() throws Exception {
        ScanReport report = scanner("Debian")
                .scan(
                        Boms.of(
                                folder,
                                LIBSSL,
                                "pkg:deb/debian/openssl@3.0.9-1?arch=amd64&distro=debian-12",
                                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=glibc",
                                // rebuilt, with a version of its own
                                "pkg:deb/debian/libc-bin@2.36-9%2Bdeb12u3%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.36-9%2Bdeb12u3"));

        assertThat(report.findings())
                .extracting(finding ->
                        finding.advisory() + " " + finding.installed().purl())
                .containsExactlyInAnyOrder(
                        "DEBIAN-CVE-2023-5363 pkg:deb/debian/libssl3@3.0.9-1",
                        "DEBIAN-CVE-2023-5363 pkg:deb/debian/openssl@3.0.9-1",
                        "DEBIAN-CVE-2023-4911 pkg:deb/debian/libc6@2.36-9%2Bdeb12u1");
        assertThat(report.findings())
                .flatExtracting(ReportedFinding::aliases)
                .contains("CVE-2023-5363", "CVE-2023-4911");
    }

    @Test
    void whatIsFixedIsNotFound() throws Exception {
        ScanReport report = scanner("PyPI", "Debian")
                .scan(Boms.of(folder, "pkg:pypi/pyyaml@6.0.2", LIBSSL.replace("3.0.9-1", "3.0.15-1~deb12u1")));
        assertThat(report.findings()).isEmpty();
        assertThat(report.unexamined()).isEmpty();
    }

    @Test
    void anEcosystemWithoutDatabaseIsNoCleanScan() throws Exception {
        Sbom sbom = Boms.of(folder, "pkg:npm/left-pad@1.3.0");
        assertFails(scanner("PyPI"), sbom, Problem.DATABASE_MISSING, "ecosystem npm");
    }

    /** The scanner itself ends with "found" then, and prints a part of the findings. */
    @Test
    void aPartOfTheFindingsIsNeverTakenForAll() throws Exception {
        Sbom sbom = Boms.of(folder, "pkg:pypi/jinja2@2.4.1", LIBSSL);
        assertFails(scanner("PyPI"), sbom, Problem.DATABASE_MISSING, "ecosystem Debian");
    }

    @Test
    void aBrokenDatabaseIsNoCleanScan() throws Exception {
        OsvScanner scanner = scanner("PyPI", "Debian");
        Files.writeString(AdvisoryDatabase.file(folder.resolve("db"), "Debian"), "cut off");
        assertFails(scanner, Boms.of(folder, LIBSSL), Problem.DATABASE_MISSING, "Debian");
    }

    @Test
    void packagesOfOneNameAndVersionAreAllLookedUp() throws Exception {
        ScanReport report =
                scanner("PyPI", "Debian").scan(Boms.of(folder, "pkg:generic/pyyaml@5.3", "pkg:pypi/pyyaml@5.3"));
        assertThat(report.findings())
                .extracting(finding -> finding.installed().purl())
                .containsExactly("pkg:pypi/pyyaml@5.3");
    }

    @Test
    void anImageOfNothingIsClean() throws Exception {
        ScanReport report = scanner("PyPI").scan(Boms.of(folder));
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void saysWhatItCouldNotLookUp() throws Exception {
        ScanReport report =
                scanner("PyPI").scan(Boms.of(folder, "pkg:generic/busybox@1.36.1", "pkg:pypi/pyyaml@6.0.2"));
        assertThat(report.unexamined()).extracting(PackageRef::name).containsExactly("busybox");
    }

    @Test
    void aConfigurationBesideTheSbomIsNotObeyed() throws Exception {
        OsvScanner scanner = scanner("PyPI");
        Sbom sbom = Boms.of(folder, "pkg:pypi/pyyaml@5.3");
        Files.writeString(
                folder.resolve("osv-scanner.toml"), "[[IgnoredVulns]]\nid = \"PYSEC-2021-142\"\nreason = \"x\"\n");
        assertThat(scanner.scan(sbom).findings()).hasSize(1);
    }

    private OsvScanner scanner(String... ecosystems) throws Exception {
        Path database = AdvisoryDatabase.write(folder.resolve("db"), ecosystems);
        return new OsvScanner(
                paths,
                new ScannerDatabase(database, Duration.ofDays(1), InstantSource.system()),
                System.getenv(),
                Duration.ofSeconds(30));
    }

    private static void assertFails(OsvScanner scanner, Sbom sbom, Problem problem, String says) {
        assertThatThrownBy(() -> scanner.scan(sbom))
                .isInstanceOfSatisfying(
                        ScanException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageContaining(says);
    }
}
