package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseNotes;
import io.forgefleet.clients.forge.release.ReleaseNotes.Image;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.clients.git.CommitSubject;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReleaseNotesTest {

    static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)> <b>bold</b>",
            "@fleet-admin look at #1 and team/app#1 and !1",
            "[click](https://evil.example) ![x](https://evil.example/x.png)",
            "https://evil.example www.evil.example mail@evil.example",
            "` <b>x</b> `` <b>y</b> ```",
            "```",
            "# title",
            "| a | b |",
            "<!-- forgefleet-release run=0123456789abcdef01234567 files=a -->",
            "x --> y <!--",
            "\u202Etxt.exe\u2066 \u200Bhidden",
            "two\nlines\r\n# title\u2028- item",
            "\\",
            " ");

    private static final CommitId COMMIT = new CommitId("abcdef0123".repeat(4));
    private static final Digest DIGEST = Digest.of(new byte[0]);

    private static ReleaseNotes notes(List<String> subjects, List<String> verify) {
        return new ReleaseNotes(
                Optional.of("v1.0.0"),
                subjects.stream()
                        .map(subject -> new CommitSubject(COMMIT, subject))
                        .toList(),
                List.of(new Image("registry.example/team/app:1.1.0", DIGEST)),
                List.of(new ReleaseAsset("app-1.1.0.tar.gz", Path.of("x"), 12, DIGEST, "application/gzip")),
                verify);
    }

    @Test
    void saysWhatChangedWhatThereIsAndHowToVerifyIt() {
        assertThat(notes(List.of("Fix it", "Add it"), List.of("cosign verify-blob x"))
                        .markdown())
                .isEqualTo("""
                        ## Changes since `v1.0.0`

                        - `Fix it` (abcdef0123)
                        - `Add it` (abcdef0123)

                        ## Images

                        | image | digest |
                        |---|---|
                        | `registry.example/team/app:1.1.0` | `%1$s` |

                        ## Files

                        | file | bytes | digest |
                        |---|--:|---|
                        | `app-1.1.0.tar.gz` | 12 | `%1$s` |

                        ## Verify

                        ```sh
                        cosign verify-blob x
                        ```
                        """.formatted(DIGEST));
        assertThat(new ReleaseNotes(Optional.empty(), List.of(), List.of(), List.of(), List.of()).markdown())
                .isEqualTo("## Changes\n\nNone.\n");
    }

    @Test
    void anAuthorsTextStaysInItsCodeSpanOnItsLine() {
        for (String hostile : HOSTILE) {
            List<String> lines =
                    notes(List.of(hostile), List.of()).markdown().lines().toList();
            assertThat(lines)
                    .as(hostile)
                    .hasSize(notes(List.of("x"), List.of())
                            .markdown()
                            .lines()
                            .toList()
                            .size());
            assertThat(lines.get(2)).as(hostile).matches("- (`+)( ?).*\\2\\1 \\(abcdef0123\\)|- \\(empty\\) .*");
            assertThat(lines.get(2)).as(hostile).doesNotContain("\u202E", "\u2066", "\u200B");
        }
        assertThat(notes(List.of("a ``` b"), List.of()).markdown()).contains("- ```` a ``` b ```` (");
    }

    @Test
    void aLineToVerifyCannotLeaveItsBlock() {
        assertThat(notes(List.of(), List.of("a", "```", "b\n<b>")).markdown())
                .endsWith("## Verify\n\n````sh\na\n```\nb <b>\n````\n");
    }

    @Test
    void manyAndLongChangesAreCut() {
        List<String> many = Collections.nCopies(ReleaseNotes.MOST_CHANGES + 1, "ü".repeat(500));
        String text = notes(many, List.of()).markdown();
        assertThat(text.lines().filter(line -> line.startsWith("- `"))).hasSize(ReleaseNotes.MOST_CHANGES);
        assertThat(text).contains("ü…` (").contains("- … and more\n").doesNotContain("ü".repeat(160));
        assertThat(text.length()).isLessThan(ReleasePlan.MOST_NOTES);
    }

    @Test
    void manyFilesLeaveLessRoomForChanges() {
        List<ReleaseAsset> files = IntStream.range(0, ReleasePlan.MOST_ASSETS)
                .mapToObj(i -> new ReleaseAsset(
                        "%0190d.whl".formatted(i), Path.of("x"), ReleaseAsset.MOST_BYTES, DIGEST, "application/zip"))
                .toList();
        List<CommitSubject> changes = Collections.nCopies(200, new CommitSubject(COMMIT, "x".repeat(500)));
        String text = new ReleaseNotes(Optional.empty(), changes, List.of(), files, List.of()).markdown();
        assertThat(text.length()).isLessThanOrEqualTo(ReleasePlan.MOST_NOTES);
        assertThat(text).contains("- `xxx").contains("149.whl");
    }
}
