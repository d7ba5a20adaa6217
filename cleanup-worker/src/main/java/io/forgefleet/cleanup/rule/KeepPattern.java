package io.forgefleet.cleanup.rule;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * What a person wants kept whatever the rules say: a regular expression that is looked for in {@code image:tag}. Of RE2's
 * syntax, so that none takes longer than its text is long.
 */
public final class KeepPattern {

    /** Matches nothing. */
    public static final KeepPattern NONE = new KeepPattern(Pattern.compile("[^\\x00-\\x{10FFFF}]"), "");

    private static final int LONGEST = 1000;

    private final Pattern pattern;
    private final String text;

    private KeepPattern(Pattern pattern, String text) {
        this.pattern = pattern;
        this.text = text;
    }

    /**
     * Reads one.
     *
     * @param regex empty for {@link #NONE}
     * @throws IllegalArgumentException when it is none, or longer than 1,000 characters; the message is for people
     */
    public static KeepPattern of(String regex) {
        if (regex.isEmpty()) {
            return NONE;
        }
        if (regex.length() > LONGEST) {
            throw new IllegalArgumentException("a pattern of what to keep has at most " + LONGEST + " characters");
        }
        try {
            return new KeepPattern(Pattern.compile(regex), regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "no regular expression (RE2 syntax, without look-around and back references): " + e.getMessage(),
                    e);
        }
    }

    /** Whether it is found in the tag's full name. */
    public boolean keeps(String image, String tag) {
        return !text.isEmpty() && pattern.matcher(image + ":" + tag).find();
    }

    @Override
    public String toString() {
        return text;
    }
}
