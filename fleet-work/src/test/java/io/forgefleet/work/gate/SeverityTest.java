package io.forgefleet.work.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.scan.ReportedFinding;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeverityTest {

    @ParameterizedTest
    @CsvSource({
        "AV:N/AC:L/Au:N/C:C/I:C/A:C, HIGH", // 10.0, and version 2 knows nothing above high
        "AV:L/AC:H/Au:N/C:P/I:N/A:N, LOW",
        "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N, HIGH", // 8.6
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H, CRITICAL", // 9.8
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N, MEDIUM", // 5.9
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N, CRITICAL", // 9.3
        "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N, HIGH", // 7.3
        "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N, LOW"
    })
    void comesFromTheVectorWhereTheAdvisoryHasNoWord(String vector, Severity severity) {
        assertThat(severity(null, vector)).isEqualTo(severity);
    }

    @Test
    void theAdvisorysOwnWordGoesOverItsVector() {
        assertThat(severity("MODERATE", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"))
                .isEqualTo(Severity.MEDIUM);
    }

    @ParameterizedTest
    @CsvSource({"UNKNOWN", "Unknown", "''", "not yet assigned", "severe"})
    void aWordThatSaysNothingLeavesItToTheVector(String word) {
        assertThat(severity(word, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"))
                .isEqualTo(Severity.CRITICAL);
    }

    @Test
    void theWorstOfSeveralVectorsCounts() {
        assertThat(severity(
                        null,
                        "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N",
                        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"))
                .isEqualTo(Severity.CRITICAL);
    }

    @ParameterizedTest
    @CsvSource({
        "CVSS:3.1/AV:N",
        "CVSS:9.9/AV:N/AC:L",
        "9.8",
        "''",
        "CVSS:4.0/",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:?"
    })
    void aVectorThatIsNoneIsNoReasonToCallItHarmless(String vector) {
        assertThat(severity(null, vector)).isEqualTo(Severity.UNKNOWN);
    }

    private static Severity severity(@Nullable String word, String... vectors) {
        return Findings.severity(new ReportedFinding(
                "CVE-1", Set.of(), Told.python("a@1"), word, List.of(vectors), List.of(), "", null));
    }
}
