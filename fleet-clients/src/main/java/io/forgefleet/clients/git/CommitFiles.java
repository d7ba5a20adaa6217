package io.forgefleet.clients.git;

import io.forgefleet.events.CommitId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A commit's time and some of its files.
 *
 * @param committedAt whole seconds, by the committer's clock
 * @param files content by path; paths that the commit does not have as a file are absent
 */
public record CommitFiles(CommitId commit, Instant committedAt, Map<String, byte[]> files) {

    private static final Pattern COMMITTER = Pattern.compile("(?m)^committer .*> (-?[0-9]{1,12}) [+-][0-9]+$");

    public Optional<byte[]> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /** Reads what {@code git cat-file --batch} prints for the commit and then for each path. */
    static CommitFiles parse(CommitId commit, List<String> paths, byte[] output) {
        Batch batch = new Batch(output);
        Optional<byte[]> object = batch.next("commit");
        Matcher committer = COMMITTER.matcher(
                object.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(""));
        if (!committer.find()) {
            throw new IllegalStateException("commit " + commit + " was not fetched, or is no commit");
        }
        Map<String, byte[]> files = new HashMap<>();
        for (String path : paths) {
            batch.next("blob").ifPresent(content -> files.put(path, content));
        }
        return new CommitFiles(commit, Instant.ofEpochSecond(Long.parseLong(committer.group(1))), files);
    }

    /** Objects one after the other: {@code id SP type SP size LF content LF}, or {@code name SP missing LF}. */
    private static final class Batch {
        private final byte[] bytes;
        private int at;

        Batch(byte[] bytes) {
            this.bytes = bytes;
        }

        Optional<byte[]> next(String type) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String[] head = new String(bytes, at, end - at, StandardCharsets.UTF_8).split(" ", -1);
            at = Math.min(end + 1, bytes.length);
            // a missing path with spaces may look like anything but an id, a known type and a size
            if (head.length != 3 || !head[0].matches("[0-9a-f]{40,64}") || !head[2].matches("[0-9]{1,9}")) {
                return Optional.empty();
            }
            int size = Integer.parseInt(head[2]);
            byte[] content = Arrays.copyOfRange(bytes, at, at + size);
            at += size + 1;
            return head[1].equals(type) ? Optional.of(content) : Optional.empty();
        }
    }
}
