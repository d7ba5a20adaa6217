package io.forgefleet.work.gate.waiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.events.image.Digest;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenVexTest {

    private static final Digest DIGEST = new Digest("sha256:" + "a1".repeat(32));
    private static final PackageRef JINJA = new PackageRef("jinja2", "2.4.1", "PyPI", "pkg:pypi/jinja2@2.4.1");

    @Test
    void notAffectedAndFixedAreWaiversAndNothingElseIs() throws Exception {
        assertThat(OpenVex.parse("app.openvex.json", document("""
                {"vulnerability": {"name": "CVE-1", "aliases": ["GHSA-1"]}, "products": [{"@id": "pkg:pypi/jinja2@2.4.1"}],
                 "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"},
                {"vulnerability": {"name": "CVE-2"}, "products": [{"identifiers": {"purl": "pkg:pypi/pyyaml"}}], "status": "fixed"},
                {"vulnerability": {"name": "CVE-3"}, "products": [{"@id": "pkg:pypi/jinja2"}], "status": "under_investigation"},
                {"vulnerability": {"name": "CVE-4"}, "products": [{"@id": "pkg:pypi/jinja2"}], "status": "affected",
                 "action_statement": "update"}
                """)))
                .satisfiesExactly(
                        one -> {
                            assertThat(one.advisories()).containsExactlyInAnyOrder("CVE-1", "GHSA-1");
                            assertThat(one.isAbout(JINJA)).isTrue();
                            assertThat(one.reason()).contains("vulnerable_code_not_in_execute_path");
                            assertThat(one.expires()).isNull();
                        },
                        two -> assertThat(two.packageName()).isEqualTo("pkg:pypi/pyyaml"));
    }

    @Test
    void aLaterStatementTakesAnEarlierOneBack() throws Exception {
        assertThat(OpenVex.parse("v", document("""
                {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:pypi/jinja2"}], "status": "affected",
                 "timestamp": "2026-03-01T00:00:00Z"},
                {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:pypi/jinja2"}], "status": "fixed",
                 "timestamp": "2026-02-01T00:00:00+01:00"}
                """))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pkg:oci/app, true",
        "pkg:oci/app@sha256%3A" + "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1, true",
        "pkg:oci/app?repository_url=registry.example/team/app, true",
        "pkg:oci/app?arch=amd64&repository_url=registry.example%2Fteam, true",
        "pkg:oci/other, false",
        "pkg:oci/app@sha256%3A" + "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2, false",
        "pkg:oci/app?repository_url=registry.example/strangers/app, false"
    })
    void aStatementAboutAnImageIsForThatImageOnly(String image, boolean ours) throws Exception {
        String whole = "{\"vulnerability\": {\"name\": \"CVE-1\"}, \"status\": \"fixed\", \"products\": [{\"@id\": \""
                + image + "\"";
        Waiver all = OpenVex.parse("v", document(whole + "}]}")).getFirst();
        Waiver part = OpenVex.parse(
                        "v", document(whole + ", \"subcomponents\": [{\"@id\": \"pkg:pypi/jinja2@2.4.1\"}]}]}"))
                .getFirst();

        assertThat(all.isFor("registry.example/team/app", Set.of(DIGEST))).isEqualTo(ours);
        assertThat(part.isFor("registry.example/team/app", Set.of(DIGEST))).isEqualTo(ours);
        assertThat(all.isAbout(JINJA)).isTrue();
        assertThat(part.isAbout(JINJA)).isTrue();
        assertThat(part.isAbout(new PackageRef("pyyaml", "5.3", "PyPI", "pkg:pypi/pyyaml@5.3")))
                .isFalse();
    }

    @Test
    void findsAllErrorsAtOnce() {
        assertThatThrownBy(() -> OpenVex.parse("v", document("""
                        {"products": [{"@id": "pkg:pypi/a"}], "status": "fine"},
                        {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:pypi/a"}], "status": "not_affected",
                         "timestamp": "yesterday"}
                        """)))
                .isInstanceOfSatisfying(
                        WaiverException.class, e -> assertThat(e.errors()).hasSize(4))
                .hasMessageContaining("/statements/0/vulnerability/name")
                .hasMessageContaining("got 'fine'")
                .hasMessageContaining("wants a justification")
                .hasMessageContaining("yesterday");
        assertThatThrownBy(() -> OpenVex.parse("v", "{\"bomFormat\": \"CycloneDX\"}"))
                .isInstanceOf(WaiverException.class);
        assertThatThrownBy(() -> OpenVex.parse("v", "{"))
                .isInstanceOf(WaiverException.class)
                .hasMessageContaining("line 1");
    }

    private static String document(String statements) {
        return """
                {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us", "timestamp": "2026-01-01T00:00:00Z",
                 "version": 1, "statements": [%s]}
                """.formatted(statements);
    }
}
