package io.forgefleet.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "team/*, team/app, true",
        "team/*, team/, true",
        "team/*, team/sub/app, false",
        "team/*, teams/app, false",
        "team/*, a/team/app, false",
        "team/**, team/sub/app, true",
        "team/**, team/app, true",
        "team/**, team, false",
        "**, a/b/c, true",
        "**, a, true",
        "**/app, app, true",
        "**/app, a/b/app, true",
        "**/app, myapp, false",
        "release/*, release/1.0, true",
        "release/*, release/1/0, false",
        "release-*, release-1, true",
        "release-*, releaseX1, false",
        "v?.x, v1.x, true",
        "v?.x, v10.x, false",
        "v?.x, v1-x, false",
        "v?.x, v/.x, false",
        "a.b, axb, false",
        "a+b(c)[d], a+b(c)[d], true",
        "feature/**/x, feature/x, true",
        "feature/**/x, feature/a/b/x, true",
        "main, Main, false",
        "main, mai, false",
        "a/**, a/, true",
        "*.*, a.b.c, true",
        "**/a/**, x/a/y, true",
        "**/a/**, xa/y, false",
        "x**y, x/1/2/y, true",
    })
    void starsKeepToTheirSegmentsAndAllElseIsLiteral(String glob, String name, boolean matches) {
        assertThat(Glob.of(glob).matches(name)).isEqualTo(matches);
    }

    @Test
    void repositoriesMatchWhateverTheirCase() {
        assertThat(Glob.ignoringCase("Team/*").matches("tEAM/App")).isTrue();
        assertThat(Glob.ignoringCase("a")).isNotEqualTo(Glob.of("a"));
    }

    @Test
    void aNameWithLineEndsIsStillOneName() {
        assertThat(Glob.of("main").matches("main\n")).isFalse();
        assertThat(Glob.of("**").matches("a\nb")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a***b", "a\nb"})
    void refusesWhatNobodyMeans(String text) {
        assertThatThrownBy(() -> Glob.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLongNameDoesNotHoldUpTheGateway() {
        Glob glob = Glob.of("*a*a*a*a*a*a*a*a*a*a*a*b");
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(glob.matches("a".repeat(1000)))
                .isFalse());
    }
}
