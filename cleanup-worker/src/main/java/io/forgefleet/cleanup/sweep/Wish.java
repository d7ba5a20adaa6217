package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.events.RepositoryId;

/**
 * What is asked of a cleanup.
 *
 * @param dryRun whether it only plans, and then tells of all that stays as well
 * @param yes whether a person said that as much may go as does
 * @param keep what stays whatever the rules say
 * @param image the only one that is looked at, by registry and repository; empty for all that the repository has
 */
public record Wish(RepositoryId repository, boolean dryRun, boolean yes, KeepPattern keep, String image) {

    /** Whether it is about an image, by registry and repository. */
    boolean means(String other) {
        return image.isEmpty() || image.equals(other);
    }

    /** What happens by itself. */
    public static Wish sweep(RepositoryId repository) {
        return new Wish(repository, false, false, KeepPattern.NONE, "");
    }
}
