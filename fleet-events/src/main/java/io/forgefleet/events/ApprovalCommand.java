package io.forgefleet.events;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words by which a maintainer lets a stranger's commit be built: {@code /ok-to-test} on a line of its own, the commit
 * behind it where it is to be sure which one was looked at.
 *
 * @param commit the first digits of the commit, at least seven; empty for the head of the moment
 */
public record ApprovalCommand(String commit) {

    private static final Pattern FORM = Pattern.compile("(?m)^/ok-to-test(?:[ \\t]+([0-9a-f]{7,64}))?[ \\t]*\\r?$");

    /** The first one in a comment, if there is one. */
    public static Optional<ApprovalCommand> in(String comment) {
        Matcher matcher = FORM.matcher(comment);
        return matcher.find()
                ? Optional.of(new ApprovalCommand(matcher.group(1) == null ? "" : matcher.group(1)))
                : Optional.empty();
    }

    /** Whether it is about this commit, which was the head when it was written. */
    public boolean covers(CommitId head) {
        return head.value().startsWith(commit);
    }
}
