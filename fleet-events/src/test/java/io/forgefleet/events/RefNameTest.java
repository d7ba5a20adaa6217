package io.forgefleet.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refs/heads/main",
                "refs/heads/feature/a-b_c.d",
                "refs/heads/$(reboot)",
                "refs/heads/';rm$IFS-rf;'",
                "refs/heads/-x",
                "refs/heads/@",
                "refs/heads/refs/heads/x",
                "refs/tags/v1.0",
                "refs/heads/\u65e5\u672c",
            })
    void allowsWhatGitAllows(String name) {
        assertThat(new RefName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "main",
                "refs/heads/",
                "refs/pull/1/head",
                "refs/heads/../x",
                "refs/heads/a/../b",
                "refs/heads/.hidden",
                "refs/heads/a/.b",
                "refs/heads/a.lock",
                "refs/heads/a.lock/b",
                "refs/heads/a.",
                "refs/heads/a/",
                "refs/heads//a",
                "refs/heads/a b",
                "refs/heads/a\nb",
                "refs/heads/a\u0000b",
                "refs/heads/a\u007f",
                "refs/heads/a~1",
                "refs/heads/a^",
                "refs/heads/a:b",
                "refs/heads/a?",
                "refs/heads/a*",
                "refs/heads/a[b",
                "refs/heads/a\\b",
                "refs/heads/a@{1}",
                "refs/heads/\ud800",
            })
    void refusesWhatGitRefuses(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RefName(name));
    }

    @Test
    void boundsTheLengthInBytes() {
        assertThat(RefName.branch("\u00e9".repeat(494)).shortName()).hasSize(494);
        assertThatIllegalArgumentException().isThrownBy(() -> RefName.branch("\u00e9".repeat(495)));
    }

    @Test
    void tellsBranchesFromTagsOfTheSameName() {
        assertThat(RefName.branch("v1")).isNotEqualTo(RefName.tag("v1"));
        assertThat(RefName.branch("v1").isBranch()).isTrue();
        assertThat(RefName.tag("v1").isTag()).isTrue();
        assertThat(RefName.tag("a/b").shortName()).isEqualTo("a/b");
    }

    /** Git itself is asked. */
    @Property(tries = 150)
    void agreesWithGit(@ForAll("names") String name) throws IOException, InterruptedException {
        String ref = "refs/heads/" + name;

        assertThat(accepts(ref)).as(ref).isEqualTo(gitAccepts(ref));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(List.of(
                        "a", "b", ".", "..", "/", "@", "{", "@{", ".lock", "lock", "-", "~", "^", ":", "?", "*", "[",
                        "]", "\\", " ", "\t", "\u0001", "\u007f", "é", "$", "'", "\"", "//"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    private static boolean accepts(String ref) {
        try {
            return !new RefName(ref).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean gitAccepts(String ref) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("git", "check-ref-format", ref).start();
        } catch (IOException e) {
            assumeThat(e).as("git is needed to compare with").isNull();
            throw e;
        }
        return process.waitFor() == 0;
    }
}
