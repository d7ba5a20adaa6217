package io.forgefleet.gateway.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Named.named;

import io.forgefleet.events.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PinsTest {

    static final String IMAGE = "registry.example/team/app/ci";
    static final Digest DIGEST = new Digest("sha256:" + "ab".repeat(32));
    static final String VERSION = "deps-0123456789ab";

    private static final String LOOKALIKES = """
                env: {image: IMAGE:1}
                steps:
                  - run: |
                      docker run IMAGE:latest
                      container: IMAGE:latest
                  - name: IMAGE
                    with: {image: IMAGE}
                  - uses: IMAGE
                # container: IMAGE
            """;

    /** How a place looks before and after; IMAGE, PIN and V stand for name, pinned name and the version's comment. */
    record Case(String path, String before, String after) {
        Case {
            before = before.replace("IMAGE", IMAGE);
            after = after.replace("PIN", IMAGE + "@" + DIGEST)
                    .replace("IMAGE", IMAGE)
                    .replace("V!", "# " + VERSION);
        }
    }

    private static Named<Case> actions(String name, String before, String after) {
        String head = "on: push\njobs:\n  test:\n    runs-on: x\n";
        return named("Actions: " + name, new Case(".forgejo/workflows/ci.yml", head + before, head + after));
    }

    private static Named<Case> gitlab(String name, String before, String after) {
        return named("GitLab: " + name, new Case(".gitlab-ci.yml", before, after));
    }

    static Stream<Named<Case>> cases() {
        return Stream.of(
                actions("container", "    container: IMAGE:latest\n", "    container: PIN V!\n"),
                actions("container without tag", "    container: IMAGE\n", "    container: PIN V!\n"),
                actions("no newline at the end", "    container: IMAGE:1", "    container: PIN V!"),
                actions(
                        "container's image",
                        "    container:\n      image: IMAGE:latest\n      options: --user 1\n",
                        "    container:\n      image: PIN V!\n      options: --user 1\n"),
                actions(
                        "services",
                        "    services:\n      db:\n        image: 'IMAGE:x'\n      o: {image: other:1}\n",
                        "    services:\n      db:\n        image: 'PIN' V!\n      o: {image: other:1}\n"),
                actions(
                        "uses",
                        "    steps:\n      - uses: docker://IMAGE:latest\n      - uses: actions/checkout@v4\n",
                        "    steps:\n      - uses: docker://PIN V!\n      - uses: actions/checkout@v4\n"),
                actions(
                        "older pin",
                        "    container: IMAGE@sha256:" + "00".repeat(32) + " # deps-ffffffffffff\n",
                        "    container: PIN V!\n"),
                actions(
                        "older pin with a tag",
                        "    container: IMAGE:x@sha256:" + "00".repeat(32) + "   #deps-ffffffff-r2 # why\n",
                        "    container: PIN   #" + VERSION + " # why\n"),
                actions(
                        "another comment",
                        "    container: IMAGE:latest   # keep: ü\n",
                        "    container: PIN V!   # keep: ü\n"),
                actions(
                        "what looks like a version",
                        "    container: IMAGE:latest # deps-0123456789abcdefg\n",
                        "    container: PIN V! # deps-0123456789abcdefg\n"),
                actions("double quotes", "    container: \"IMAGE:latest\"\n", "    container: \"PIN\" V!\n"),
                actions(
                        "escapes",
                        "    container: \"registry.example\\x2fteam/app/ci:\\u006Catest\"\n",
                        "    container: \"PIN\" V!\n"),
                actions("anchor", "    container: &c IMAGE:latest\n", "    container: &c PIN V!\n"),
                actions(
                        "tag and anchor",
                        "    container: !!str &c \"IMAGE\"\n",
                        "    container: !!str &c \"PIN\" V!\n"),
                actions(
                        "alias",
                        "    container: &c IMAGE:1\n  other:\n    container: *c\n",
                        "    container: &c PIN V!\n  other:\n    container: *c\n"),
                actions(
                        "merge",
                        "    <<: &base\n      container: {image: IMAGE}\n",
                        "    <<: &base\n      container: {image: PIN} V!\n"),
                actions(
                        "flow",
                        "    container: {image: IMAGE:1, env: {A: '#b'}} # why\n",
                        "    container: {image: PIN, env: {A: '#b'}} V! # why\n"),
                actions(
                        "several images on one line",
                        "    services: {a: {image: IMAGE:1}, b: {image: other}}\n",
                        "    services: {a: {image: PIN}, b: {image: other}}\n"),
                actions(
                        "a scalar that goes on",
                        "    container: {image: IMAGE:1, options: 'a\n      b'}\n",
                        "    container: {image: PIN, options: 'a\n      b'}\n"),
                actions(
                        "strings that only look like it",
                        LOOKALIKES + "    container: IMAGE\n",
                        LOOKALIKES + "    container: PIN V!\n"),
                actions(
                        "names that begin or end alike",
                        "    container: IMAGE-x:1\n    services: {a: {image: x.IMAGE}}\n",
                        "    container: IMAGE-x:1\n    services: {a: {image: x.IMAGE}}\n"),
                actions("CRLF", "    container: IMAGE:1\r\n    x: y\r\n", "    container: PIN V!\r\n    x: y\r\n"),
                actions(
                        "beyond the basic plane",
                        "    name: 🚢🚢 é\n    container: IMAGE:1 # 🚢\n",
                        "    name: 🚢🚢 é\n    container: PIN V! # 🚢\n"),
                actions(
                        "on the next line",
                        "    container:\n      # why\n      IMAGE:1\n",
                        "    container:\n      # why\n      PIN V!\n"),
                named(
                        "Actions: action",
                        new Case(
                                "action.yml",
                                "runs:\n  using: docker\n  image: docker://IMAGE:1\n",
                                "runs:\n  using: docker\n  image: docker://PIN V!\n")),
                named(
                        "Actions: a path that tells nothing",
                        new Case(
                                "ci/x.yml",
                                "jobs:\n  a:\n    container: IMAGE\n",
                                "jobs:\n  a:\n    container: PIN V!\n")),
                gitlab("image", "image: IMAGE:latest\n", "image: PIN V!\n"),
                gitlab(
                        "image's name",
                        "image:\n  name: IMAGE:latest\n  entrypoint: [\"\"]\n",
                        "image:\n  name: PIN V!\n  entrypoint: [\"\"]\n"),
                gitlab(
                        "flow",
                        "image: {name: \"IMAGE:1\", entrypoint: [\"\"]}\n",
                        "image: {name: \"PIN\", entrypoint: [\"\"]} V!\n"),
                gitlab("default", "default:\n  image: IMAGE\n", "default:\n  image: PIN V!\n"),
                gitlab(
                        "jobs, hidden ones too",
                        ".base: &b\n  image: IMAGE\ntest:\n  <<: *b\n  extends: .base\n  image: {name: IMAGE:2}\n",
                        ".base: &b\n  image: PIN V!\ntest:\n  <<: *b\n  extends: .base\n  image: {name: PIN} V!\n"),
                gitlab(
                        "services",
                        "services:\n  - IMAGE:1\n  - name: IMAGE:2\n    alias: db\n  - postgres:16 # IMAGE\n",
                        "services:\n  - PIN V!\n  - name: PIN V!\n    alias: db\n  - postgres:16 # IMAGE\n"),
                gitlab(
                        "what is no image",
                        "variables:\n  image: IMAGE:1\ninclude:\n  - image: IMAGE\nt:\n  script: [IMAGE]\n  variables: {image: IMAGE}\n",
                        "variables:\n  image: IMAGE:1\ninclude:\n  - image: IMAGE\nt:\n  script: [IMAGE]\n  variables: {image: IMAGE}\n"),
                gitlab(
                        "references and several documents",
                        "spec:\n  inputs: {a: }\n---\nt:\n  script: !reference [.x, script]\n  image: IMAGE\n",
                        "spec:\n  inputs: {a: }\n---\nt:\n  script: !reference [.x, script]\n  image: PIN V!\n"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pinsTheImageAndTouchesNothingElse(Case test) throws Exception {
        PinEdit edit = Pins.edit(test.path(), test.before(), IMAGE, DIGEST, VERSION);
        assertThat(edit.text()).isEqualTo(test.after());
        assertThat(edit.left()).isEmpty();
        assertThat(Pins.edit(test.path(), edit.text(), IMAGE, DIGEST, VERSION).text())
                .as("again")
                .isEqualTo(edit.text());
        assertThat(Pins.floating(test.path(), edit.text(), IMAGE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".github/workflows/a.yml | IMAGE:${{ env.TAG }}",
                ".github/workflows/a.yml | ${{ matrix.image }}",
                ".github/workflows/a.yml | '${{ vars[''x:y/z''] }}/ci:latest'",
                ".github/workflows/a.yml | docker://IMAGE:${{ env.TAG }}"
            })
    void leavesExpressionsOfActionsAndSaysSo(String path, String value) throws Exception {
        String text = "jobs:\n  a:\n    steps:\n      - uses: V\n    container: V\n"
                .replace("V", value)
                .replace("IMAGE", IMAGE);
        PinEdit edit = Pins.edit(path, text, IMAGE, DIGEST, VERSION);
        assertThat(edit.text()).isEqualTo(text);
        assertThat(edit.pinned()).isEmpty();
        assertThat(edit.left()).isNotEmpty().allMatch(place -> place.value().contains("${{"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$CI_REGISTRY_IMAGE/ci:latest", "$IMAGE", "${CI_REGISTRY}/team/$APP/ci", "$[[ inputs.image ]]"})
    void leavesVariablesOfGitLabAndSaysWhere(String value) throws Exception {
        String text = "# ü\ntest:\n  image:  " + value + "\n";
        PinEdit edit = Pins.edit(".gitlab-ci.yml", text, IMAGE, DIGEST, VERSION);
        assertThat(edit.text()).isEqualTo(text);
        assertThat(edit.left()).containsExactly(new PinPlace(".gitlab-ci.yml", 3, 11, value));
    }

    @Test
    void variablesThatCannotBeTheImageAreNoMatter() throws Exception {
        String text = "test:\n  image: $CI_REGISTRY_IMAGE/other:latest\n";
        assertThat(Pins.edit(".gitlab-ci.yml", text, IMAGE, DIGEST, VERSION).left())
                .isEmpty();
    }

    @Test
    void aBlockScalarIsLeft() throws Exception {
        String text = "test:\n  image: >-\n    " + IMAGE + ":1\n";
        PinEdit edit = Pins.edit(".gitlab-ci.yml", text, IMAGE, DIGEST, VERSION);
        assertThat(edit.text()).isEqualTo(text);
        assertThat(edit.left()).hasSize(1);
    }

    @Test
    void saysWhereAFloatingTagIsNamed() throws Exception {
        String text = """
                jobs:
                  a: {container: IMAGE}
                  b:
                    container: "IMAGE:latest"
                    steps:
                      - uses: docker://IMAGE:1.2
                  c: {container: IMAGE:deps-0123456789ab}
                  d: {container: IMAGE:1.2.3}
                  e: {container: IMAGE:main@sha256:%s}
                  f: {container: other:latest}
                """.formatted("0".repeat(64)).replace("IMAGE", IMAGE);
        assertThat(Pins.floating(".github/workflows/a.yml", text, IMAGE))
                .containsExactly(
                        new PinPlace(".github/workflows/a.yml", 2, 18, IMAGE),
                        new PinPlace(".github/workflows/a.yml", 4, 16, IMAGE + ":latest"),
                        new PinPlace(".github/workflows/a.yml", 6, 15, "docker://" + IMAGE + ":1.2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'jobs:\n  a: [1\n  b: 2\n' | 3 | 4",
                "'a: b: c' | 1 | 5",
                "'x: 1\n\ty: 2' | 2 | 1",
                "'a: *nowhere' | 1 | 4",
                "'a: 1\nb: \"x' | 2 | 6",
                "'a: 1\nb: \u0007' | 2 | 4"
            })
    void brokenYamlIsToldWithItsPlace(String text, int line, int column) {
        MalformedWorkflowException e = catchThrowableOfType(
                MalformedWorkflowException.class, () -> Pins.edit("a.yml", text, IMAGE, DIGEST, VERSION));
        assertThat(e).hasMessageStartingWith("a.yml:" + line + ":" + column + ": not YAML that can be pinned: ");
        assertThat(e.line()).isEqualTo(line);
        assertThat(e.column()).isEqualTo(column);
    }

    @Test
    void aBombIsRefused() {
        StringBuilder text = new StringBuilder("a0: &a0 {image: x}\n");
        for (int i = 1; i < 30; i++) {
            text.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertThatThrownBy(() -> Pins.edit("a.yml", "[".repeat(500), IMAGE, DIGEST, VERSION))
                .isInstanceOf(MalformedWorkflowException.class);
        assertThatCode(() -> Pins.edit("a.yml", text.toString(), IMAGE, DIGEST, VERSION))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# only a comment\n",
                "---\n",
                "[]",
                "text",
                "jobs:",
                "jobs: []",
                "jobs: {a: }",
                "? [a]\n: b\n"
            })
    void aFileWithoutImagesStaysAsItIs(String text) throws Exception {
        assertThat(Pins.edit(".github/workflows/a.yml", text, IMAGE, DIGEST, VERSION))
                .isEqualTo(new PinEdit(text, List.of(), List.of()));
        assertThat(Pins.edit(".gitlab-ci.yml", text, IMAGE, DIGEST, VERSION).text())
                .isEqualTo(text);
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        assertThatThrownBy(() -> Pins.decode("a.yml", new byte[] {'a', (byte) 0xff}))
                .isInstanceOf(MalformedWorkflowException.class)
                .hasMessageContaining("not UTF-8");
        byte[] marked = "\uFEFFimage: x\n".getBytes(StandardCharsets.UTF_8);
        assertThatCode(() -> assertThat(Pins.decode("a.yml", marked).getBytes(StandardCharsets.UTF_8))
                        .isEqualTo(marked))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry.example/team/app/ci:latest", "a@sha256:0", "", "a b", "$x"})
    void anImageIsANameOnly(String image) {
        assertThatThrownBy(() -> Pins.edit("a.yml", "a: b", image, DIGEST, VERSION))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
