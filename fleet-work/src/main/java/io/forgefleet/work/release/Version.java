package io.forgefleet.work.release;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version by Semantic Versioning 2.0.0, as a tag names it. In the order of that specification. Without build metadata: of two
 * versions that differ in that alone none is the later one, and no image tag may have a {@code +}.
 *
 * @param prerelease dot-separated identifiers; empty for a version that is none
 */
public record Version(int major, int minor, int patch, List<String> prerelease) implements Comparable<Version> {

    private static final String NUMBER = "(0|[1-9][0-9]{0,8})";
    private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
    private static final Pattern FORM = Pattern.compile("(?:.*/)?v?" + NUMBER + "\\." + NUMBER + "\\." + NUMBER
            + "(?:-(" + IDENTIFIER + "(?:\\." + IDENTIFIER + ")*))?");
    private static final int LONGEST = 100;

    public Version {
        prerelease = List.copyOf(prerelease);
    }

    /**
     * The version that a tag names: {@code v1.2.3}, {@code 1.2.3-rc.1}, {@code release/1.2.3}.
     *
     * @param tag short name
     * @return empty when it names none
     */
    public static Optional<Version> ofTag(String tag) {
        Matcher matcher = FORM.matcher(tag);
        if (tag.length() > LONGEST || !matcher.matches()) {
            return Optional.empty();
        }
        String prerelease = matcher.group(4);
        return Optional.of(new Version(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                prerelease == null ? List.of() : List.of(prerelease.split("\\.", -1))));
    }

    public boolean isPrerelease() {
        return !prerelease.isEmpty();
    }

    /**
     * The tags that follow it, the narrowest first: {@code 1.2}, {@code 1}, and {@code latest}. None for a prerelease, which
     * nobody gets who did not ask for it; no {@code 0}, since versions before 1.0.0 promise each other nothing.
     */
    public List<String> floating() {
        if (isPrerelease()) {
            return List.of();
        }
        String narrow = major + "." + minor;
        return major == 0 ? List.of(narrow, "latest") : List.of(narrow, Integer.toString(major), "latest");
    }

    @Override
    public int compareTo(Version other) {
        int numbers = Integer.compare(major, other.major);
        numbers = numbers != 0 ? numbers : Integer.compare(minor, other.minor);
        numbers = numbers != 0 ? numbers : Integer.compare(patch, other.patch);
        if (numbers != 0 || isPrerelease() != other.isPrerelease()) {
            return numbers != 0 ? numbers : isPrerelease() ? -1 : 1;
        }
        for (int i = 0; i < Math.min(prerelease.size(), other.prerelease.size()); i++) {
            int identifiers = compare(prerelease.get(i), other.prerelease.get(i));
            if (identifiers != 0) {
                return identifiers;
            }
        }
        return Integer.compare(prerelease.size(), other.prerelease.size());
    }

    private static int compare(String one, String other) {
        boolean number = isNumber(one);
        if (number != isNumber(other)) {
            return number ? -1 : 1;
        }
        // of two numbers without leading zeros the longer one is larger
        return number && one.length() != other.length()
                ? Integer.compare(one.length(), other.length())
                : one.compareTo(other);
    }

    private static boolean isNumber(String identifier) {
        return identifier.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** As image tags have it. */
    @Override
    public String toString() {
        return major + "." + minor + "." + patch + (isPrerelease() ? "-" + String.join(".", prerelease) : "");
    }
}
