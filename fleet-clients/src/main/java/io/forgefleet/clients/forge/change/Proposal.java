package io.forgefleet.clients.forge.change;

import io.forgefleet.events.CommitId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files to be changed by a pull request. It owns its branch: whoever pushes to that may lose the commits.
 *
 * @param base short name of the branch that it goes to
 * @param from commit of the base at which the files were read; the proposed commit follows it. Gitea and Forgejo can follow
 *     the base's head only, and refuse when one of the files has changed since
 * @param branch short name of the branch that holds the one proposed commit, e.g. {@code forgefleet/pin-ci}
 * @param message of the commit
 * @param title one line
 * @param body Markdown
 * @param files path to new content; arrays are not to be changed
 */
public record Proposal(
        String base,
        CommitId from,
        String branch,
        String message,
        String title,
        String body,
        Map<String, byte[]> files) {

    private static final int MOST_FILES = 100;

    public Proposal {
        if (branch.equals(base)) {
            throw new IllegalArgumentException("a proposal needs a branch of its own, got the base: " + branch);
        }
        if (files.isEmpty() || files.size() > MOST_FILES) {
            throw new IllegalArgumentException("a proposal changes 1 to " + MOST_FILES + " files, got " + files.size());
        }
        files.forEach((path, content) -> {
            if (!isPath(path)) {
                throw new IllegalArgumentException("not the path of a file from the root: " + path);
            }
            if (content.length > StoredFile.MOST_BYTES) {
                throw new IllegalArgumentException(path + " has more than " + StoredFile.MOST_BYTES + " bytes");
            }
        });
        files = Map.copyOf(files);
    }

    private static boolean isPath(String path) {
        List<String> segments = Arrays.asList(path.split("/", -1));
        return segments.stream()
                .noneMatch(segment -> segment.isEmpty()
                        || segment.equals(".")
                        || segment.equals("..")
                        || segment.equalsIgnoreCase(".git"));
    }

    /** The same with some of the files. */
    Proposal with(Map<String, byte[]> some) {
        return new Proposal(base, from, branch, message, title, body, new LinkedHashMap<>(some));
    }
}
