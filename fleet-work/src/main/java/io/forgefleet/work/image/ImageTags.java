package io.forgefleet.work.image;

import io.forgefleet.events.CommitId;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The tags of one branch or pull request: its name and digits of the commit. Whatever the name was, a tag is one that
 * registries take (OCI distribution specification, "reference"), is no version, and is no tag that the fleet uses for
 * something else. Two names may become one; the commit in the tag keeps their images apart.
 *
 * @param name lower-case letters and digits, single dashes between them
 */
public record ImageTags(String name) {

    /** The tag that follows the default branch; the only one that moves. */
    public static final String LATEST = "latest";

    private static final int LONGEST = 128;
    private static final Pattern FORM = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");

    /** Names of pull requests, the default branch, CI images, cache refs, referrers (sha256-…), and the empty one. */
    private static final Pattern OURS = Pattern.compile("|pr(-[0-9].*)?|(sha|sha256|deps|buildcache|latest)(-.*)?");

    public ImageTags {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("a tag starts with lower-case words joined by dashes, got: " + name);
        }
    }

    public static ImageTags ofPullRequest(long number) {
        return new ImageTags("pr-" + number);
    }

    public static ImageTags ofDefaultBranch() {
        return new ImageTags("sha");
    }

    /**
     * The tags of a branch other than the default one.
     *
     * @param branch short name, anything that git allows
     */
    public static ImageTags ofBranch(String branch) {
        String name = sanitised(branch);
        return new ImageTags(OURS.matcher(name).matches() ? trimmed("branch-" + name) : name);
    }

    /**
     * The tag for a commit.
     *
     * @param digits how many of the commit's are in it: 7, more where another commit has that tag already
     * @param build 1 for the first; a rebuild on demand gets its own ({@code …-r2})
     */
    public String tag(CommitId commit, int digits, int build) {
        String end = "-" + commit.abbreviated(digits) + (build == 1 ? "" : "-r" + build);
        return cut(name, LONGEST - end.length()) + end;
    }

    /** Lower case, everything but letters and digits to single dashes, none at the ends; may be empty. */
    static String sanitised(String text) {
        return trimmed(OTHERS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-"));
    }

    /** The beginning of a name, so that it stays one. */
    public static String cut(String name, int longest) {
        return name.length() <= longest ? name : trimmed(name.substring(0, longest));
    }

    private static String trimmed(String name) {
        int from = name.startsWith("-") ? 1 : 0;
        int to = name.length() - (name.length() > from && name.endsWith("-") ? 1 : 0);
        return name.substring(from, to);
    }
}
