package io.forgefleet.work.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

    /** The order of the specification's section 11. */
    @Test
    void versionsHaveTheOrderOfTheSpecification() {
        List<Version> ordered = Stream.of(
                        "0.9.9",
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.1",
                        "1.2.0",
                        "1.10.0",
                        "2.0.0")
                .map(VersionTest::version)
                .toList();
        List<Version> shuffled = new ArrayList<>(ordered.reversed());
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(ordered);
    }

    @ParameterizedTest
    @CsvSource({
        "v1.2.3, 1.2.3",
        "1.2.3, 1.2.3",
        "release/v1.2.3-rc.1, 1.2.3-rc.1",
        "v0.0.0, 0.0.0",
        "v1.0.0-x-y.7.z, 1.0.0-x-y.7.z"
    })
    void aTagNamesAVersion(String tag, String version) {
        assertThat(Version.ofTag(tag)).hasToString("Optional[" + version + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1.2",
                "1",
                "v1.2.3.4",
                "v01.2.3",
                "1.2.3-",
                "1.2.3-01",
                "1.2.3+build",
                "latest",
                "",
                "V1.2.3",
                "v99999999999.0.0",
                "v1.2.3-ü",
                "x1.2.3",
                "1.2.3-a..b"
            })
    void whatIsNoVersionIsNone(String tag) {
        assertThat(Version.ofTag(tag)).isEmpty();
    }

    @Test
    void aPrereleaseMovesNoTagAndNothingFollowsZero() {
        assertThat(version("1.2.3").floating()).containsExactly("1.2", "1", "latest");
        assertThat(version("0.2.3").floating()).containsExactly("0.2", "latest");
        assertThat(version("1.2.3-rc.1").floating()).isEmpty();
    }

    private static Version version(String text) {
        return Version.ofTag(text).orElseThrow();
    }
}
