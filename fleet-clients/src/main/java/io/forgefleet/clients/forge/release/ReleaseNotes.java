package io.forgefleet.clients.forge.release;

import io.forgefleet.clients.git.CommitSubject;
import io.forgefleet.events.image.Digest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the page of a release says: changes, digests, how to verify them. Pure: the same input gives the same text. What authors of
 * commits wrote stands in code spans, which hold no links, mentions, images or HTML on any forge.
 *
 * @param previous tag of the release before; empty for the first
 * @param changes newest first; the first {@link #MOST_CHANGES} are shown
 * @param images that were promoted
 * @param files of the release
 * @param verify command lines, each of one line; none leaves the section out
 */
public record ReleaseNotes(
        Optional<String> previous,
        List<CommitSubject> changes,
        List<Image> images,
        List<ReleaseAsset> files,
        List<String> verify) {

    /** To be asked of git with one more, which tells that there are more. */
    public static final int MOST_CHANGES = 200;

    private static final int LONGEST_CHANGE = 160;
    private static final int ABBREVIATED = 10;

    private static final Pattern BACKTICKS = Pattern.compile("`+");

    /** Control and format characters, those among them that turn the order of a line, and line ends of Unicode. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\s]+");

    /**
     * An image of a release.
     *
     * @param reference with its immutable tag: {@code registry.example/team/app:1.2.3}
     */
    public record Image(String reference, Digest digest) {}

    public ReleaseNotes {
        changes = List.copyOf(changes);
        images = List.copyOf(images);
        files = List.copyOf(files);
        verify = List.copyOf(verify);
    }

    /** As Markdown. Changes are left out where images, files and lines leave no room within {@link ReleasePlan#MOST_NOTES}. */
    public String markdown() {
        StringBuilder text = new StringBuilder("## Changes");
        previous.ifPresent(tag -> text.append(" since ").append(code(tag)));
        text.append("\n\n");
        StringBuilder rest = new StringBuilder();
        addDigests(rest);
        addVerify(rest);
        addChanges(text, ReleasePlan.MOST_NOTES - rest.length());
        return text.append(rest).toString().stripTrailing() + "\n";
    }

    private void addChanges(StringBuilder text, int room) {
        if (changes.isEmpty()) {
            text.append("None.\n");
        }
        int shown = 0;
        for (CommitSubject change : changes) {
            String line = "- " + code(cut(change.text())) + " ("
                    + change.commit().value().substring(0, ABBREVIATED) + ")\n";
            if (shown == MOST_CHANGES || text.length() + line.length() + 100 > room) {
                text.append("- … and more\n");
                break;
            }
            text.append(line);
            shown++;
        }
    }

    private void addDigests(StringBuilder text) {
        if (!images.isEmpty()) {
            text.append("\n## Images\n\n| image | digest |\n|---|---|\n");
            for (Image image : images) {
                text.append("| ")
                        .append(cell(image.reference()))
                        .append(" | ")
                        .append(cell(image.digest().value()))
                        .append(" |\n");
            }
        }
        if (!files.isEmpty()) {
            text.append("\n## Files\n\n| file | bytes | digest |\n|---|--:|---|\n");
            for (ReleaseAsset file : files) {
                text.append("| ")
                        .append(cell(file.name()))
                        .append(" | ")
                        .append(file.bytes())
                        .append(" | ")
                        .append(cell(file.digest().value()))
                        .append(" |\n");
            }
        }
    }

    private void addVerify(StringBuilder text) {
        if (!verify.isEmpty()) {
            String lines = verify.stream().map(line -> plain(line) + "\n").collect(Collectors.joining());
            String fence = "`".repeat(Math.max(3, longestRun(lines) + 1));
            text.append("\n## Verify\n\n")
                    .append(fence)
                    .append("sh\n")
                    .append(lines)
                    .append(fence)
                    .append('\n');
        }
    }

    /** A pipe ends the cell of a table even within code. */
    private static String cell(String text) {
        return code(text.replace("|", "/"));
    }

    /** A code span, delimited by one backtick more than the text has in a row. */
    static String code(String text) {
        String line = plain(text);
        int longest = longestRun(line);
        String fence = "`".repeat(longest + 1);
        String space = longest == 0 ? "" : " ";
        return line.isEmpty() ? "(empty)" : fence + space + line + space + fence;
    }

    private static int longestRun(String text) {
        return BACKTICKS
                .matcher(text)
                .results()
                .mapToInt(run -> run.end() - run.start())
                .max()
                .orElse(0);
    }

    private static String cut(String text) {
        String line = plain(text);
        int points = line.codePointCount(0, line.length());
        return points <= LONGEST_CHANGE
                ? line
                : line.substring(0, line.offsetByCodePoints(0, LONGEST_CHANGE - 1)) + "…";
    }

    /** One line of what can be seen. */
    private static String plain(String text) {
        return UNSEEN.matcher(text).replaceAll(" ").strip();
    }
}
