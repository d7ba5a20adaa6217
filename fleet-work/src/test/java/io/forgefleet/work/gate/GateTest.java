package io.forgefleet.work.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String WAIVER = """
            waivers:
              - {advisory: GHSA-462w-v97r-4m45, package: jinja2, reason: our own templates, who: ada, expires: 2026-11-20}
            """;
    private static final PlatformReport HIGH =
            Told.by("s", "linux/arm64", Told.finding("CVE-2019-10906", "jinja2@2.4.1", "HIGH", "GHSA-462w-v97r-4m45"));

    private static Verdict judge(Instant now, Policy policy, List<Waiver> waivers, PlatformReport... reports) {
        return new Gate(InstantSource.fixed(now)).judge(Told.IMAGE, List.of(reports), policy, waivers);
    }

    @Test
    void highOnOnePlatformAloneBlocks() {
        Verdict verdict = judge(NOW, Policy.DEFAULT, List.of(), Told.by("s", "linux/amd64"), HIGH);
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.blocking()).singleElement().satisfies(finding -> assertThat(finding.platforms())
                .containsExactly("linux/arm64"));
    }

    @Test
    void whatNobodyCanRateBlocksUnlessThePolicySaysOtherwise() {
        PlatformReport unknown = Told.by("s", "", Told.finding("PYSEC-1", "a@1", null));
        assertThat(judge(NOW, Policy.DEFAULT, List.of(), unknown).passed()).isFalse();
        assertThat(judge(NOW, new Policy(Severity.HIGH, false), List.of(), unknown)
                        .passed())
                .isTrue();
    }

    @Test
    void onlyFromTheThresholdOnItBlocks() {
        PlatformReport medium = Told.by("s", "", Told.finding("CVE-1", "a@1", "MEDIUM"));
        assertThat(judge(NOW, Policy.DEFAULT, List.of(), medium).tolerated()).hasSize(1);
        assertThat(judge(NOW, new Policy(Severity.MEDIUM, true), List.of(), medium)
                        .blocking())
                .hasSize(1);
        assertThatThrownBy(() -> new Policy(Severity.UNKNOWN, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void highWithoutAFixBlocks() {
        Verdict verdict = judge(
                NOW,
                Policy.DEFAULT,
                List.of(),
                Told.by(
                        "s",
                        "",
                        new ReportedFinding(
                                "CVE-1", Set.of(), Told.python("a@1"), "HIGH", List.of(), List.of(), "", null)));
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.summary()).contains("no fix known");
    }

    @Test
    void aWaiverHoldsToTheEndOfItsLastDayInUtcAndNotASecondLonger() throws Exception {
        List<Waiver> waivers = WaiverFile.parse("waivers.yml", WAIVER);

        Verdict lastSecond = judge(Instant.parse("2026-11-20T23:59:59.999Z"), Policy.DEFAULT, waivers, HIGH);
        assertThat(lastSecond.passed()).isTrue();
        assertThat(lastSecond.waived()).hasSize(1);
        assertThat(lastSecond.expired()).isEmpty();

        Verdict after = judge(Instant.parse("2026-11-21T00:00:00Z"), Policy.DEFAULT, waivers, HIGH);
        assertThat(after.passed()).isFalse();
        assertThat(after.waived()).isEmpty();
        assertThat(after.expired()).hasSize(1);
        assertThat(after.unused()).as("an expired waiver is not unused").isEmpty();
        assertThat(after.summary()).contains("1 waiver expired");
    }

    @Test
    void aWaiverIsForOneVulnerabilityOfOnePackageOnly() throws Exception {
        List<Waiver> waivers = WaiverFile.parse("waivers.yml", WAIVER);
        PlatformReport others = Told.by(
                "s",
                "",
                Told.finding("CVE-2019-10906", "markupsafe@1.0", "HIGH", "GHSA-462w-v97r-4m45"),
                Told.finding("CVE-2014-1402", "jinja2@2.4.1", "HIGH"),
                Told.finding("CVE-2019-10906", "jinja2-time@1", "HIGH", "GHSA-462w-v97r-4m45"));

        Verdict verdict = judge(NOW, Policy.DEFAULT, waivers, others);

        assertThat(verdict.blocking()).hasSize(3);
        assertThat(verdict.unused()).hasSize(1);
    }

    @Test
    void aPackageUrlWithAVersionIsForThatVersionOnly() throws Exception {
        List<Waiver> waivers =
                WaiverFile.parse("waivers.yml", WAIVER.replace("package: jinja2", "package: pkg:pypi/jinja2@2.4.1"));
        PlatformReport longer =
                Told.by("s", "", Told.finding("CVE-2019-10906", "jinja2@2.4.10", "HIGH", "GHSA-462w-v97r-4m45"));

        assertThat(judge(NOW, Policy.DEFAULT, waivers, HIGH).passed()).isTrue();
        assertThat(judge(NOW, Policy.DEFAULT, waivers, longer).passed()).isFalse();
    }

    @Test
    void anExpiredWaiverDoesNotHideAValidOne() throws Exception {
        List<Waiver> waivers = WaiverFile.parse("waivers.yml", WAIVER + """
                  - {advisory: CVE-2019-10906, package: jinja2, reason: again, expires: 2027-01-01}
                """);
        Verdict verdict = judge(Instant.parse("2026-12-01T00:00:00Z"), Policy.DEFAULT, waivers, HIGH);
        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.expired()).isEmpty();
    }
}
