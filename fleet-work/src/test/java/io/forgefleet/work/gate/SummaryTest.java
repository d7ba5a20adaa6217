package io.forgefleet.work.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.scan.ReportedFinding;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SummaryTest {

    @Test
    void countsThenNamesTheWorst() {
        assertThat(summary(
                        Told.finding("CVE-2024-1", "jinja2@2.4.1", "CRITICAL"),
                        Told.finding("CVE-2024-2", "jinja2@2.4.1", "CRITICAL"),
                        Told.finding("CVE-2024-3", "pyyaml@5.3", "HIGH"),
                        Told.finding("CVE-2024-4", "pyyaml@5.3", "LOW")))
                .isEqualTo("2 critical, 1 high: CVE-2024-1 in jinja2 2.4.1 (fixed in 3.1.3),"
                        + " CVE-2024-2 in jinja2 2.4.1 (fixed in 3.1.3), …");
    }

    @Test
    void saysWhatItLetPass() {
        assertThat(summary(Told.finding("CVE-1", "a@1", "LOW"), Told.finding("CVE-2", "a@1", "MEDIUM")))
                .isEqualTo("1 medium, 1 low, none of which blocks");
        assertThat(summary()).isEqualTo("no findings");
    }

    @Property(tries = 200)
    void fitsIntoACommitStatus(
            @ForAll @IntRange(min = 0, max = 30) int findings, @ForAll @StringLength(min = 1, max = 200) String name) {
        List<ReportedFinding> told = new ArrayList<>();
        for (int i = 0; i < findings; i++) {
            told.add(Told.finding("CVE-" + i, name + "@1", i % 2 == 0 ? "HIGH" : null));
        }
        assertThat(summary(told.toArray(ReportedFinding[]::new))).isNotBlank().hasSizeLessThanOrEqualTo(140);
    }

    private static String summary(ReportedFinding... findings) {
        return new Gate(InstantSource.system())
                .judge(Told.IMAGE, List.of(Told.by("s", "", findings)), Policy.DEFAULT, List.of())
                .summary();
    }
}
