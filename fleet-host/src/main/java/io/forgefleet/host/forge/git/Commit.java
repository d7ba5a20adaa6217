package io.forgefleet.host.forge.git;

import java.time.OffsetDateTime;
import java.util.List;

/**
 * A commit as a push payload shows it.
 *
 * @param added files that it adds; likewise {@code modified} and {@code removed}
 */
public record Commit(
        String id,
        Person author,
        Person committer,
        String message,
        List<String> added,
        List<String> modified,
        List<String> removed) {

    /** Who made a commit, and when. */
    public record Person(String name, String email, OffsetDateTime at) {}
}
