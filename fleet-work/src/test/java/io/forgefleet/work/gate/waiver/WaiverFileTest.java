package io.forgefleet.work.gate.waiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaiverFileTest {

    @Test
    void readsWhatPeopleWrite() throws Exception {
        assertThat(WaiverFile.parse(".forgefleet/waivers.yml", """
                # decided in the meeting
                waivers:
                  - advisory: CVE-2019-10906
                    package: jinja2
                    reason: templates are our own
                    expires: 2027-01-31
                """))
                .containsExactly(new Waiver(
                        Set.of("CVE-2019-10906"),
                        "jinja2",
                        null,
                        "templates are our own",
                        null,
                        LocalDate.of(2027, 1, 31),
                        ".forgefleet/waivers.yml line 3"));
    }

    @Test
    void findsAllErrorsAtOnceEachWithItsPlace() {
        assertThat(errors("""
                waivers:
                  - advisory: CVE-1
                    package: jinja2
                    expires: next year
                  - {advisory: CVE-2, package: "*", reason: "", expires: 2027-01-31}
                  - {package: a, reason: b, expires: 2027-01-31, until: never}
                  - CVE-3
                """))
                .containsExactlyInAnyOrder(
                        "line 2, column 5: a reason was expected as 'reason'",
                        "line 4, column 5: 'next year' is no day; one like 2027-01-31 was expected",
                        "line 5, column 23: '*' is no package; waivers are for one package each",
                        "line 5, column 37: a reason was expected as 'reason'",
                        "line 6, column 5: the id of an advisory, such as CVE-2019-10906, was expected as 'advisory'",
                        "line 6, column 50: 'until' is not known here; known are advisory, expires, package, reason, who",
                        "line 7, column 5: a mapping with advisory, expires, package, reason, who was expected");
    }

    @Test
    void aWaiverWithoutAnEndIsNone() {
        assertThat(errors("waivers: [{advisory: CVE-1, package: a, reason: b}]"))
                .singleElement()
                .asString()
                .contains("line 1")
                .contains("as 'expires'");
    }

    @Test
    void whatIsNotYamlSaysWhere() {
        assertThat(errors("waivers:\n  - {advisory: CVE-1\n"))
                .singleElement()
                .asString()
                .contains("line 2")
                .contains("not YAML");
    }

    @Test
    void aKeyThatIsThereTwiceIsAnError() {
        assertThat(errors("waivers: []\nwaivers: []\n"))
                .singleElement()
                .asString()
                .contains("line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "waivers: all", "advisory: CVE-1", "text"})
    void anotherShapeIsAnError(String yaml) {
        assertThat(errors(yaml)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing yet\n", "waivers: []", "waivers:\n"})
    void anEmptyFileWaivesNothing(String yaml) throws Exception {
        assertThat(WaiverFile.parse("waivers.yml", yaml)).isEmpty();
    }

    private static List<String> errors(String yaml) {
        AtomicReference<WaiverException> thrown = new AtomicReference<>();
        assertThatThrownBy(() -> WaiverFile.parse("waivers.yml", yaml))
                .isInstanceOfSatisfying(WaiverException.class, thrown::set)
                .hasMessageStartingWith("waivers.yml is not valid: ");
        return thrown.get().errors();
    }
}
