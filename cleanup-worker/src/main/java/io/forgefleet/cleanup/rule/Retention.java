package io.forgefleet.cleanup.rule;

import io.forgefleet.events.repofile.RetentionSpec;
import io.forgefleet.runtime.config.RetentionConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long what a repository's builds left is kept.
 *
 * @param pullRequests after it was superseded or the pull request ended
 * @param branches the same of branches
 * @param grace what is younger stays, whatever it is
 * @param undo how long what lost its tags is kept in the trash
 * @param keepLatest whether the newest image of an open pull request stays however old it is
 */
public record Retention(Duration pullRequests, Duration branches, Duration grace, Duration undo, boolean keepLatest) {

    /** What the repository asks for, within what the server allows. */
    public static Retention of(RetentionConfig server, RetentionSpec asked) {
        return new Retention(
                within(server, asked.pullRequests(), server.pullRequests()),
                within(server, asked.branches(), server.branches()),
                server.grace(),
                server.undoWindow(),
                asked.keepLatestOfOpenPullRequest());
    }

    private static Duration within(RetentionConfig server, @Nullable Duration asked, Duration otherwise) {
        if (asked == null) {
            return otherwise;
        }
        Duration longEnough = asked.compareTo(server.least()) < 0 ? server.least() : asked;
        return longEnough.compareTo(server.most()) > 0 ? server.most() : longEnough;
    }
}
