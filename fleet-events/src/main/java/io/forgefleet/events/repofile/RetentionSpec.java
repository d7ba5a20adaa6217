package io.forgefleet.events.repofile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a repository wants its images kept; the server's bounds go before it.
 *
 * @param pullRequests after they were superseded or their pull request closed; null where it does not say
 * @param branches the same for branches
 * @param keepLatestOfOpenPullRequest whether the newest image of an open pull request stays however old it is
 */
public record RetentionSpec(
        @Nullable Duration pullRequests, @Nullable Duration branches, boolean keepLatestOfOpenPullRequest) {

    /** What holds where nothing is said. */
    public static final RetentionSpec UNSAID = new RetentionSpec(null, null, true);
}
