package io.forgefleet.build.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.events.Glob;
import io.forgefleet.work.place.RunEndedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontendsTest {

    private static final List<Glob> OFFICIAL = List.of(Glob.of("docker/dockerfile:*"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# syntax=evil/x\nFROM scratch",
                "#syntax = evil/x\nFROM scratch",
                "\uFEFF# syntax=evil/x\nFROM scratch",
                "# escape=`\n# SYNTAX=evil/x\nFROM scratch",
                "#!/bin/sh\n# syntax=evil/x\nFROM scratch",
                "// syntax=evil/x\nwhatever",
                "#!/usr/bin/env x\n//syntax=evil/x\nwhatever",
                "{\"syntax\": \"evil/x\", \"a\": 1}",
                "#!/x\n {\"syntax\": \"evil/x\"}",
                "# syntax=evil/x docker/dockerfile:1\nFROM scratch",
                "# a comment\n# syntax=evil/x\nFROM scratch"
            })
    void findsAFrontendHoweverItIsNamed(String dockerfile) {
        assertThat(Frontends.of(dockerfile.getBytes(UTF_8))).contains("evil/x");
        assertThatThrownBy(() -> Frontends.require(OFFICIAL, dockerfile.getBytes(UTF_8), ""))
                .isInstanceOf(RunEndedException.class)
                .hasMessageContaining("the frontend evil/x is not on the list");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM scratch\n# syntax=evil/x",
                "# syntax=docker/dockerfile:1.7-labs\nFROM scratch",
                "FROM scratch",
                "",
                "{not json"
            })
    void lets(String dockerfile) {
        assertThatCode(() -> Frontends.require(OFFICIAL, dockerfile.getBytes(UTF_8), ""))
                .doesNotThrowAnyException();
    }

    @Test
    void theBuildArgumentGoesBeforeTheFile() {
        assertThatThrownBy(
                        () -> Frontends.require(OFFICIAL, "# syntax=docker/dockerfile:1\n".getBytes(UTF_8), "evil/y"))
                .hasMessageContaining("evil/y");
    }
}
