package io.forgefleet.host.forge.git;

/**
 * One reference that a push moved.
 *
 * @param ref full name
 * @param before object that it named, all zeros when it is new
 * @param after object that it names, all zeros when it was deleted
 */
public record RefUpdate(String ref, String before, String after) {

    private static final String BRANCHES = "refs/heads/";
    private static final String TAGS = "refs/tags/";

    public boolean isCreation() {
        return isZero(before);
    }

    public boolean isDeletion() {
        return isZero(after);
    }

    public boolean isBranch() {
        return ref.startsWith(BRANCHES);
    }

    public boolean isTag() {
        return ref.startsWith(TAGS);
    }

    /** The branch's or tag's name without its prefix. */
    public String shortName() {
        return ref.substring(isTag() ? TAGS.length() : BRANCHES.length());
    }

    private static boolean isZero(String id) {
        return id.chars().allMatch(c -> c == '0');
    }
}
