package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A repository of a configured forge: {@code forge/owner/name}, on GitLab {@code forge/group/subgroup/…/name}.
 *
 * @param forge name of the forge in the server's configuration: lower case, digits, inner dashes
 * @param path owner, nested groups and name, joined by slashes: 2 to 21 segments (GitLab nests 20 groups)
 */
public record RepositoryId(String forge, String path) {

    private static final Pattern FORGE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_.-]{1,255}(/[A-Za-z0-9_.-]{1,255}){1,20}");
    private static final Pattern DOTS = Pattern.compile("(^|/)\\.{1,2}(/|$)");

    public RepositoryId {
        if (!FORGE.matcher(forge).matches()) {
            throw new IllegalArgumentException(
                    "forge name must be lower-case letters, digits and inner dashes, got: " + forge);
        }
        if (!PATH.matcher(path).matches() || DOTS.matcher(path).find()) {
            throw new IllegalArgumentException("repository must be owner/name of letters, digits, '.', '_', '-', got: "
                    + path.substring(0, Math.min(path.length(), 300)));
        }
    }

    /** Parses what {@link #toString()} prints. */
    @JsonCreator
    public static RepositoryId parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("repository id must be forge/owner/name, got: " + text);
        }
        return new RepositoryId(text.substring(0, slash), text.substring(slash + 1));
    }

    /** All but the last segment: the owner, or the groups. */
    public String owner() {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** The last segment. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    @JsonValue
    public String toString() {
        return forge + "/" + path;
    }
}
