package io.forgefleet.events.repofile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.forgefleet.events.Glob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryFileParserTest {

    @Test
    void readsSeveralImages() throws RepositoryFileException {
        RepositoryFile file = RepositoryFileParser.parse("""
                images:
                  - {name: cli, target: run, args: {DEBUG: false}, platforms: [linux/amd64, linux/arm64],
                     secrets: [pip-index]}
                  - {name: server, dockerfile: docker/Dockerfile.server, context: server}
                cacheKey: [Dockerfile*]
                ciImages: [{name: ci, dockerfile: ci/Dockerfile, rebuildOn: [uv.lock], pinIn: [".github/**/*.yml"]}]
                release: {tags: ["v*"]}
                """);

        assertThat(file.images())
                .containsExactly(
                        new ImageSpec(
                                "cli",
                                "Dockerfile",
                                ".",
                                "run",
                                Map.of("DEBUG", "false"),
                                List.of("linux/amd64", "linux/arm64"),
                                List.of("pip-index")),
                        new ImageSpec("server", "docker/Dockerfile.server", "server"));
        assertThat(file.cacheKey()).containsExactly(Glob.of("Dockerfile*"));
        assertThat(file.ciImages())
                .containsExactly(new CiImageSpec(
                        new ImageSpec("ci", "ci/Dockerfile", "."),
                        List.of(Glob.of("uv.lock"), Glob.of("ci/Dockerfile")),
                        List.of(Glob.of(".github/**/*.yml"))));
    }

    @Test
    void readsTemplateDatabases() throws RepositoryFileException {
        RepositoryFile file = RepositoryFileParser.parse("""
                ciImages: [{name: ci}]
                templateDatabases:
                  - {name: main, engine: sqlite, key: [alembic/**/*.py], image: ci, command: make db, timeout: 90s}
                  - {name: big, engine: postgresql, version: "16.4", key: [a, b], image: "python:3.12", command: run,
                     extensions: [postgis], environment: {LANG: C, DEPTH: 2}, network: true}
                """);
        assertThat(file.templateDatabases())
                .containsExactly(
                        new TemplateSpec(
                                "main",
                                TemplateSpec.Engine.SQLITE,
                                "",
                                List.of(Glob.of("alembic/**/*.py")),
                                "ci",
                                "make db",
                                List.of(),
                                Map.of(),
                                false,
                                Duration.ofSeconds(90)),
                        new TemplateSpec(
                                "big",
                                TemplateSpec.Engine.POSTGRESQL,
                                "16.4",
                                List.of(Glob.of("a"), Glob.of("b")),
                                "python:3.12",
                                "run",
                                List.of("postgis"),
                                Map.of("LANG", "C", "DEPTH", "2"),
                                true,
                                null));
    }

    @Test
    void tellsWhereATemplateDatabaseIsWrong() {
        assertThatThrownBy(() -> RepositoryFileParser.parse("""
                        templateDatabases:
                          - {name: main, engine: sqlite, key: [a], image: ci, command: x}
                          - {name: main, engine: sqlite, key: ["../a"], image: "x:1", command: x,
                             environment: {API_KEY: 1}}
                        """))
                .asInstanceOf(type(RepositoryFileException.class))
                .satisfies(e -> assertThat(e.errors())
                        .satisfiesOnlyOnce(error -> assertThat(error)
                                .startsWith("line 2, column 44: /templateDatabases/0/image: the name of one of"))
                        .satisfiesOnlyOnce(error -> assertThat(error)
                                .startsWith("line 3, column 6: /templateDatabases/1/name: 'main' is used twice"))
                        .satisfiesOnlyOnce(error -> assertThat(error)
                                .startsWith(
                                        "line 4, column 20: /templateDatabases/1/environment/API_KEY: looks like")));
    }

    @Test
    void readsWhatTagsAreReleasedAs() throws RepositoryFileException {
        RepositoryFile file = RepositoryFileParser.parse("""
                ciImages: [{name: ci}]
                release:
                  tags: ["v*"]
                  platforms: [linux/amd64, linux/arm64]
                  registries: [main]
                  artifacts: [{image: ci, command: uv build, paths: ["dist/*.whl"], network: true, timeout: 5m}]
                  scan: {failOn: medium, waivers: waivers.yml}
                  sign: {key: release}
                """);
        assertThat(file.release())
                .isEqualTo(new ReleaseSpec(
                        List.of(Glob.of("v*")),
                        List.of("linux/amd64", "linux/arm64"),
                        List.of("main"),
                        List.of(new ReleaseSpec.Artifact(
                                "ci",
                                "uv build",
                                List.of(Glob.of("dist/*.whl")),
                                Map.of(),
                                true,
                                Duration.ofMinutes(5))),
                        ReleaseSpec.FailOn.MEDIUM,
                        "waivers.yml",
                        "release"));
        assertThat(RepositoryFileParser.parse("release: {tags: [\"v*\"]}").release())
                .isEqualTo(new ReleaseSpec(
                        List.of(Glob.of("v*")),
                        List.of(),
                        List.of(),
                        List.of(),
                        null,
                        ".forgefleet/waivers.yml",
                        null));
    }

    @Test
    void tellsWhereAReleaseIsWrong() {
        assertThatThrownBy(() -> RepositoryFileParser.parse("""
                        release:
                          tags: []
                          artifacts: [{image: "python:3.12", command: uv build, paths: []}]
                          scan: {failOn: bad}
                          sign: {keys: x}
                        """))
                .asInstanceOf(type(RepositoryFileException.class))
                .satisfies(e -> assertThat(e.errors())
                        .satisfiesExactlyInAnyOrder(
                                error -> assertThat(error).startsWith("line 2, column 3: /release/tags: patterns"),
                                error -> assertThat(error)
                                        .startsWith("line 3, column 16: /release/artifacts/0/image: the name"),
                                error -> assertThat(error)
                                        .startsWith("line 3, column 57: /release/artifacts/0/paths: patterns"),
                                error ->
                                        assertThat(error).startsWith("line 4, column 10: /release/scan/failOn: one of"),
                                error -> assertThat(error)
                                        .startsWith("line 5, column 10: /release/sign/keys: is not known"),
                                error -> assertThat(error).startsWith("line 5, column 3: /release/sign/key: a text"),
                                error -> assertThat(error)
                                        .startsWith("line 5, column 3: /release/sign/key: the name of a key")));
    }

    @Test
    void readsHowLongImagesAreKept() throws Exception {
        assertThat(RepositoryFileParser.parse("retention: {pullRequests: 36h, branches: 14d}")
                        .retention())
                .isEqualTo(new RetentionSpec(Duration.ofHours(36), Duration.ofDays(14), true));
        assertThat(RepositoryFileParser.parse("cacheKey: []").retention()).isEqualTo(RetentionSpec.UNSAID);
        assertThatThrownBy(() -> RepositoryFileParser.parse("""
                        retention:
                          branches: forever
                          tags: 1d
                        """))
                .hasMessageContaining("line 2, column 3: /retention/branches: a duration such as")
                .hasMessageContaining("line 3, column 3: /retention/tags: is not known here");
    }

    @Test
    void refusesASecretAsABuildArgumentAndSaysHowToMountIt() {
        for (String name : List.of("NPM_TOKEN", "password", "AWS_SECRET_ACCESS_KEY", "API_KEY", "GH_AUTH")) {
            assertThatThrownBy(() -> RepositoryFileParser.parse("images: [{args: {" + name + ": x}}]"))
                    .hasMessageContaining("/images/0/args/" + name + ": looks like a secret")
                    .hasMessageContaining("--mount=type=secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEYBOARD", "AUTHOR", "TOKENIZER_VERSION", "PASSENGERS", "SECRETARY"})
    void takesABuildArgumentThatOnlySoundsLikeASecret(String name) throws RepositoryFileException {
        assertThat(RepositoryFileParser.parse("images: [{args: {" + name + ": 1}}]")
                        .images()
                        .getFirst()
                        .args())
                .isEqualTo(Map.of(name, "1"));
    }

    @Test
    void withoutImagesDeclaresWhatADockerfileAloneDoes() throws RepositoryFileException {
        assertThat(RepositoryFileParser.parse("retention: {}")).isEqualTo(RepositoryFile.ofDockerfile());
    }

    @Test
    void oneImageNeedsNoName() throws RepositoryFileException {
        assertThat(RepositoryFileParser.parse("images: [{dockerfile: Other}]").images())
                .containsExactly(new ImageSpec("image", "Other", "."));
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
                                error -> assertThat(error).startsWith("line 1, column 1: /imagse: is not known"),
                                error -> assertThat(error).startsWith("line 3, column 6: /images/0/name: "),
                                error -> assertThat(error)
                                        .startsWith("line 4, column 6: /images/1/dockerfile: a path within"),
                                error -> assertThat(error)
                                        .startsWith("line 5, column 6: /images/2/name: 'a' is used twice"),
                                error -> assertThat(error).startsWith("line 5, column 15: /images/2/platforms: "),
                                error -> assertThat(error).startsWith("line 5, column 35: /images/2/secrets: "),
                                error -> assertThat(error).startsWith("line 6, column 5: /images/3: a mapping")));
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
