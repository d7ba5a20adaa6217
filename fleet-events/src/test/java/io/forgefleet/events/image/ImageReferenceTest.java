package io.forgefleet.events.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "python:3.12, docker.io, library/python, 3.12",
        "team/app:1, docker.io, team/app, 1",
        "ghcr.io/team/app/ci:main, ghcr.io, team/app/ci, main",
        "127.0.0.1:5000/x:1, 127.0.0.1:5000, x, 1",
        "localhost/x:1, localhost, x, 1",
        "[::1]:5000/x:1, [::1]:5000, x, 1",
        "python, docker.io, library/python, ",
        "127.0.0.1:5000/x, 127.0.0.1:5000, x, ",
    })
    void readsNamesAsDockerDoes(String text, String host, String path, String tag) {
        ImageReference reference = ImageReference.parse(text).orElseThrow();
        assertThat(reference).isEqualTo(new ImageReference(host, path, tag, null));
    }

    @Test
    void aDigestStandsOverATag() {
        String digest = "sha256:" + "a".repeat(64);
        ImageReference reference =
                ImageReference.parse("r.example:5000/x:1@" + digest).orElseThrow();
        assertThat(reference.digest()).hasToString(digest);
        assertThat(reference.repository()).isEqualTo("r.example:5000/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x@sha256:ab", "X:1", "a//b:1", "../x:1", "h.io/:1", "x:a b", ""})
    void refusesWhatIsNoName(String text) {
        assertThat(ImageReference.parse(text)).isEmpty();
    }

    @Test
    void knowsWhereDockerSpeaksPlainHttp() {
        for (String here : new String[] {"127.0.0.1:5000/x:1", "localhost:5000/x:1", "[::1]:5000/x", "localhost/x"}) {
            assertThat(ImageReference.parse(here).orElseThrow().isLoopback())
                    .as(here)
                    .isTrue();
        }
        for (String elsewhere : new String[] {"127.example.org/x:1", "localhost.example/x:1", "[fe80::1]/x"}) {
            assertThat(ImageReference.parse(elsewhere).orElseThrow().isLoopback())
                    .as(elsewhere)
                    .isFalse();
        }
    }
}
