package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Full name of a branch or tag, by the rules of {@code git check-ref-format}. Such names may hold shell characters, any
 * Unicode and be long: they are passed as arguments, never through a shell, and are not tags of images.
 *
 * @param value {@code refs/heads/…} or {@code refs/tags/…}, at most 1,000 bytes of UTF-8
 */
public record RefName(@JsonValue String value) {

    private static final String HEADS = "refs/heads/";
    private static final String TAGS = "refs/tags/";
    private static final int MOST_BYTES = 1000;

    /** What git refuses in a ref name: controls, space, any of {@code ~^:?*[\}, and the sequences that mean something. */
    private static final Pattern REFUSED = Pattern.compile(
            "[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|@\\{|//|/\\.|\\.lock(/|$)|\\.$|/$|[\\ud800-\\udfff]");

    @JsonCreator
    public RefName {
        String name = value.startsWith(HEADS)
                ? value.substring(HEADS.length())
                : value.startsWith(TAGS) ? value.substring(TAGS.length()) : "";
        if (name.isEmpty()
                || name.startsWith("/")
                || name.startsWith(".")
                || value.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES
                || REFUSED.matcher(value).find()) {
            throw new IllegalArgumentException("ref must be refs/heads/… or refs/tags/… and a name that git allows");
        }
    }

    public static RefName branch(String shortName) {
        return new RefName(HEADS + shortName);
    }

    public static RefName tag(String shortName) {
        return new RefName(TAGS + shortName);
    }

    public boolean isBranch() {
        return value.startsWith(HEADS);
    }

    public boolean isTag() {
        return value.startsWith(TAGS);
    }

    /** The name without {@code refs/heads/} or {@code refs/tags/}. */
    public String shortName() {
        return value.substring(isBranch() ? HEADS.length() : TAGS.length());
    }

    @Override
    public String toString() {
        return value;
    }
}
