package io.forgefleet.events.repofile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryFileParserTest {

    @Test
    void readsSeveralImages() throws RepositoryFileException {
        RepositoryFile file = RepositoryFileParser.parse("""
                images:
                  - {name: cli, platforms: [linux/amd64, linux/arm64], secrets: [pip-index]}
                  - {name: server, dockerfile: docker/Dockerfile.server, context: server}
                cacheKey: [Dockerfile*]
                release: {tags: ["v*"]}
                """);

        assertThat(file.images())
                .containsExactly(
                        new ImageSpec(
                                "cli", "Dockerfile", ".", List.of("linux/amd64", "linux/arm64"), List.of("pip-index")),
                        new ImageSpec("server", "docker/Dockerfile.server", "server", List.of(), List.of()));
    }

    @Test
    void withoutImagesDeclaresWhatADockerfileAloneDoes() throws RepositoryFileException {
        assertThat(RepositoryFileParser.parse("cacheKey: [Dockerfile]")).isEqualTo(RepositoryFile.ofDockerfile());
    }

    @Test
    void oneImageNeedsNoName() throws RepositoryFileException {
        assertThat(RepositoryFileParser.parse("images: [{dockerfile: Other}]").images())
                .containsExactly(new ImageSpec("image", "Other", ".", List.of(), List.of()));
    }

    @Test
    void tellsAllErrorsAtOnceWithTheirPlaces() {
        assertThatThrownBy(() -> RepositoryFileParser.parse("""
                        imagse: []
                        images:
                          - {name: UPPER}
                          - {dockerfile: ../Dockerfile, name: a}
                          - {name: a, platforms: [plan9], secrets: ["../key"]}
                          - text
                        """))
                .asInstanceOf(type(RepositoryFileException.class))
                .satisfies(e -> assertThat(e.errors())
                        .satisfiesExactlyInAnyOrder(
                                error -> assertThat(error).startsWith("/imagse: is not known"),
                                error -> assertThat(error).startsWith("/images/0/name: "),
                                error -> assertThat(error).startsWith("/images/1/dockerfile: a path within"),
                                error -> assertThat(error).startsWith("/images/2/name: 'a' is used twice"),
                                error -> assertThat(error).startsWith("/images/2/platforms: "),
                                error -> assertThat(error).startsWith("/images/2/secrets: "),
                                error -> assertThat(error).startsWith("/images/3: a mapping")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "- a",
                "text",
                "images: {}",
                "images: []",
                "images: [{name: [a]}]",
                "images: [{name: a/b}]",
                "images: [{name: a--b}]",
                "images: [{name: a, dockerfile: /etc/passwd}]",
                "images: [{name: a, dockerfile: \"x/../../y\"}]",
                "images: [{name: a, context: \"..\"}]",
                "images: [{name: a, dockerfile: \"a\\nb\"}]",
                "images: [{name: a, dockerfile: 1}]",
                "images: [{name: a, platforms: linux/amd64}]",
                "images: [{name: a, platforms: []}]",
                "images: [{name: a}, {dockerfile: b}]",
                "images: [",
                "a: &a [*a]",
            })
    void refusesWhatIsWrong(String text) {
        assertThatThrownBy(() -> RepositoryFileParser.parse(text)).isInstanceOf(RepositoryFileException.class);
    }

    @Test
    void refusesAFileThatExpands() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9) + "*a" + (i - 1)));
        }
        assertThatThrownBy(() -> RepositoryFileParser.parse(bomb.toString()))
                .isInstanceOf(RepositoryFileException.class);
    }

    @Test
    void refusesDeepNestingAndLargeFiles() {
        assertThatThrownBy(() -> RepositoryFileParser.parse("images: " + "[".repeat(100_000)))
                .isInstanceOf(RepositoryFileException.class);
        assertThatThrownBy(() -> RepositoryFileParser.parse("#" + "x".repeat(RepositoryFileParser.MOST_BYTES)))
                .isInstanceOf(RepositoryFileException.class);
    }
}
