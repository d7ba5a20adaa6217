package io.forgefleet.work.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.ScanReport;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FindingsTest {

    @Test
    void whatSeveralScannersTellOfSeveralPlatformsIsOneFinding() {
        List<Finding> findings = Findings.join(List.of(
                Told.by(
                        "osv-scanner",
                        "linux/amd64",
                        Told.finding("PYSEC-2019-217", "jinja2@2.4.1", null, "CVE-2019-10906")),
                Told.by(
                        "grype",
                        "linux/amd64",
                        Told.finding("GHSA-462W-v97r-4m45", "jinja2@2.4.1", "High", "CVE-2019-10906")),
                Told.by("trivy", "linux/arm64", Told.finding("CVE-2019-10906", "jinja2@2.4.1", "MEDIUM"))));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.id()).isEqualTo("CVE-2019-10906");
            assertThat(finding.ids()).containsExactly("CVE-2019-10906", "GHSA-462w-v97r-4m45", "PYSEC-2019-217");
            assertThat(finding.severity()).isEqualTo(Severity.HIGH);
            assertThat(finding.platforms()).containsExactly("linux/amd64", "linux/arm64");
            assertThat(finding.scanners()).containsExactly("grype", "osv-scanner", "trivy");
        });
    }

    @Test
    void idsThatOnlyAThirdFindingLinksAreOne() {
        List<Finding> findings = Findings.join(List.of(Told.by(
                "s",
                "",
                Told.finding("PYSEC-1", "a@1", null),
                Told.finding("CVE-1", "a@1", null),
                Told.finding("GHSA-1", "a@1", "LOW", "PYSEC-1", "CVE-1"))));
        assertThat(findings).singleElement().satisfies(finding -> assertThat(finding.ids())
                .containsExactly("CVE-1", "GHSA-1", "PYSEC-1"));
    }

    @Test
    void debiansRecordOfAVulnerabilityIsThatVulnerability() {
        List<Finding> findings = Findings.join(List.of(
                Told.by("osv-scanner", "", Told.finding("DEBIAN-CVE-2023-5363", "libssl3@3.0.9-1", null)),
                Told.by("trivy", "", Told.finding("CVE-2023-5363", "libssl3@3.0.9-1", "HIGH"))));
        assertThat(findings).singleElement().extracting(Finding::severity).isEqualTo(Severity.HIGH);
    }

    @Test
    void oneVulnerabilityOfTwoPackagesIsTwo() {
        assertThat(Findings.join(List.of(
                        Told.by("s", "", Told.finding("CVE-1", "a@1", "HIGH"), Told.finding("CVE-1", "a@2", "HIGH")))))
                .hasSize(2);
    }

    @Test
    void twoVulnerabilitiesOfOnePackageAreTwo() {
        assertThat(Findings.join(List.of(
                        Told.by("s", "", Told.finding("CVE-1", "a@1", "HIGH"), Told.finding("CVE-2", "a@1", "LOW")))))
                .extracting(Finding::id)
                .containsExactly("CVE-1", "CVE-2");
    }

    @Test
    void whatOneScannerKnowsTheOthersUnknownGivesWayTo() {
        assertThat(Findings.join(List.of(
                        Told.by("a", "", Told.finding("CVE-1", "a@1", "UNKNOWN")),
                        Told.by("b", "", Told.finding("CVE-1", "a@1", "LOW")))))
                .singleElement()
                .extracting(Finding::severity)
                .isEqualTo(Severity.LOW);
    }

    @Test
    void theScoreNeverContradictsTheSeverity() {
        ReportedFinding finding = new ReportedFinding(
                "CVE-1",
                Set.of(),
                Told.python("a@1"),
                "LOW",
                List.of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                List.of(),
                "",
                null);
        assertThat(Findings.join(List.of(Told.by("s", "", finding))))
                .singleElement()
                .satisfies(one -> assertThat(one.score()).isNull());
    }

    @Test
    void whatOneScannerOfTwoKnowsIsExamined() {
        PackageRef busybox = new PackageRef("busybox", "1.36", "", "pkg:generic/busybox@1.36");
        PackageRef other = new PackageRef("other", "1", "", null);
        assertThat(Findings.unexamined(List.of(
                        new PlatformReport("p", new ScanReport("a", List.of(), List.of(busybox, other))),
                        new PlatformReport("p", new ScanReport("b", List.of(), List.of(other))))))
                .containsExactly(other);
    }
}
