package io.forgefleet.work.gate.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.gate.Gate;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Told;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SarifTest {

    @Test
    void isWhatTheSchemaOfSarifAsksFor() throws Exception {
        try (InputStream schema =
                Objects.requireNonNull(getClass().getResourceAsStream("/schema/sarif-schema-2.1.0.json"))) {
            var sarif = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema);
            assertThat(sarif.validate(log(verdict()))).isEmpty();
            assertThat(sarif.validate(log(judge()))).isEmpty();
            assertThat(sarif.validate(Json.mapper().readTree("{\"version\": \"2.1.0\"}")))
                    .as("the schema refuses something")
                    .isNotEmpty();
        }
    }

    @Test
    void hasARulePerAdvisoryAndAResultPerFinding() throws Exception {
        JsonNode run = log(verdict()).path("runs").path(0);
        assertThat(run.path("tool").path("driver").path("rules").findValuesAsText("id"))
                .containsExactly("CVE-2024-2", "PYSEC-1", "CVE-2019-10906");
        assertThat(run.path("results")).hasSize(4);
        for (JsonNode result : run.path("results")) {
            JsonNode rule = run.path("tool")
                    .path("driver")
                    .path("rules")
                    .path(result.path("ruleIndex").asInt());
            assertThat(rule.path("id")).isEqualTo(result.path("ruleId"));
        }
        JsonNode critical =
                run.path("tool").path("driver").path("rules").path(0).path("properties");
        assertThat(critical.path("security-severity").asText()).isEqualTo("9.8");
        JsonNode unknown = run.path("tool").path("driver").path("rules").path(1).path("properties");
        assertThat(unknown.has("security-severity")).as("nobody has rated it").isFalse();
    }

    @Test
    void waivedFindingsAreSuppressedAndOthersAreNot() throws Exception {
        JsonNode results = log(verdict()).path("runs").path(0).path("results");
        for (JsonNode result : results) {
            boolean waived = result.path("ruleId").asText().equals("CVE-2019-10906");
            assertThat(result.path("suppressions")).hasSize(waived ? 1 : 0);
            assertThat(result.path("properties").path("blocks").asBoolean()).isEqualTo(!waived);
        }
        JsonNode suppression = results.path(3).path("suppressions").path(0);
        assertThat(suppression.path("justification").asText())
                .contains("our own templates")
                .contains("2027-01-01");
    }

    @Test
    void itsPlacesAreUrisOfImageAndPackage() throws Exception {
        JsonNode location = log(verdict()).at("/runs/0/results/0/locations/0");
        String uri = location.at("/physicalLocation/artifactLocation/uri").asText();
        assertThat(URI.create(uri).isAbsolute()).isFalse();
        assertThat(uri).isEqualTo("registry.example%3A5000/team/app");
        assertThat(location.at("/logicalLocations/0/fullyQualifiedName").asText())
                .startsWith("pkg:");
    }

    @Test
    void aLaterBuildOfTheImageHasTheSameFindings() throws Exception {
        ReportedFinding finding = Told.finding("CVE-1", "a@1", "HIGH");
        ImageSubject later = new ImageSubject(
                Told.IMAGE.repository(), new Digest("sha256:" + "9".repeat(64)), Told.IMAGE.platforms());
        JsonNode one = log(judge(finding)).at("/runs/0");
        JsonNode other = log(judge(later, finding)).at("/runs/0");
        assertThat(one.at("/properties/image")).isNotEqualTo(other.at("/properties/image"));
        assertThat(one.path("results")).isNotEmpty().isEqualTo(other.path("results"));
        assertThat(one.at("/automationDetails/id").asText())
                .isEqualTo(other.at("/automationDetails/id").asText())
                .contains("team/app");
        assertThat(one.at("/results/0/partialFingerprints/primaryLocationLineHash")
                        .asText())
                .matches("[0-9a-f]{64}:1");
    }

    @Test
    void theSameVerdictGivesTheSameBytes() throws Exception {
        assertThat(Sarif.of(verdict())).isEqualTo(Sarif.of(verdict()));
    }

    @Test
    void namesFromAnImageCannotBreakALog() {
        PackageRef evil = new PackageRef("a\u001b[2J\nb", "1", "", null);
        Verdict verdict = judge(new ReportedFinding("CVE-1", Set.of(), evil, "HIGH", List.of(), List.of(), "", null));
        assertThat(TextReport.lines(verdict)).noneMatch(line -> line.chars().anyMatch(c -> c < ' '));
    }

    @Test
    void theTextSaysWhatWasWaivedAndByWhom() throws Exception {
        assertThat(String.join("\n", TextReport.lines(verdict())))
                .startsWith("blocked: 1 critical, 2 of unknown severity: CVE-2024-2 in jinja2 2.4.1")
                .contains("waived  high      CVE-2019-10906  jinja2 2.4.1  3.1.3  linux/amd64  osv-scanner")
                .contains(
                        "waived: GHSA-462w-v97r-4m45 in jinja2 (until 2027-01-01, waivers.yml line 1): our own templates")
                .contains("waiver not needed by this image: CVE-9 in flask");
    }

    private static JsonNode log(Verdict verdict) throws Exception {
        return Json.mapper().readTree(Sarif.of(verdict));
    }

    private static Verdict judge(ReportedFinding... findings) {
        return judge(Told.IMAGE, findings);
    }

    private static Verdict judge(ImageSubject image, ReportedFinding... findings) {
        return new Gate(InstantSource.system())
                .judge(image, List.of(Told.by("s", "", findings)), Policy.DEFAULT, List.of());
    }

    private static Verdict verdict() throws Exception {
        ReportedFinding critical = new ReportedFinding(
                "CVE-2024-2",
                Set.of(),
                Told.python("jinja2@2.4.1"),
                null,
                List.of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                List.of(),
                "Something <script> bad",
                "https://osv.dev/CVE-2024-2");
        return new Gate(InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z")))
                .judge(
                        Told.IMAGE,
                        List.of(Told.by(
                                "osv-scanner",
                                "linux/amd64",
                                critical,
                                Told.finding("CVE-2019-10906", "jinja2@2.4.1", "HIGH", "GHSA-462w-v97r-4m45"),
                                Told.finding("PYSEC-1", "a@1", null),
                                Told.finding("PYSEC-1", "b@1", null))),
                        Policy.DEFAULT,
                        WaiverFile.parse("waivers.yml", """
                                waivers: [{advisory: GHSA-462w-v97r-4m45, package: jinja2, reason: our own templates, expires: 2027-01-01},
                                  {advisory: CVE-9, package: flask, reason: none, expires: 2027-01-01}]
                                """));
    }
}
