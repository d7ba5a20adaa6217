package io.forgefleet.host.forge.git;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How {@code git log} and {@code git diff-tree} are asked to print commits, and read back. */
final class CommitFormat {

    static final String FORMAT = "%H%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B";

    private static final Pattern RECORDS = Pattern.compile("\0");
    private static final Pattern FIELDS = Pattern.compile("\u001f");
    private static final int FIELD_COUNT = 8;

    private CommitFormat() {}

    static List<Commit> parse(String log) {
        return RECORDS.splitAsStream(log)
                .filter(record -> !record.isEmpty())
                .map(CommitFormat::commit)
                .toList();
    }

    private static Commit commit(String record) {
        String[] f = FIELDS.split(record, FIELD_COUNT);
        return new Commit(f[0], person(f, 1), person(f, 4), f[7], List.of(), List.of(), List.of());
    }

    private static Commit.Person person(String[] fields, int from) {
        return new Commit.Person(fields[from], fields[from + 1], OffsetDateTime.parse(fields[from + 2]));
    }

    /** The commit with its files, from status and path in turns. */
    static Commit withFiles(Commit commit, String nameStatus) {
        List<String> added = new ArrayList<>();
        List<String> modified = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        String[] parts = RECORDS.split(nameStatus, -1);
        for (int i = 0; i + 1 < parts.length; i += 2) {
            switch (parts[i]) {
                case "A" -> added.add(parts[i + 1]);
                case "D" -> removed.add(parts[i + 1]);
                default -> modified.add(parts[i + 1]);
            }
        }
        return new Commit(commit.id(), commit.author(), commit.committer(), commit.message(), added, modified, removed);
    }
}
