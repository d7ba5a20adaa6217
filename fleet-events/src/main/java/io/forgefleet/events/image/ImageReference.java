package io.forgefleet.events.image;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image as people name it, read as docker does: without a registry it is Docker Hub's.
 *
 * @param host of the registry, with its port
 * @param path there
 * @param tag null where none is named
 * @param digest null where none is named; it goes before the tag
 */
public record ImageReference(
        String host,
        String path,
        @Nullable String tag,
        @Nullable Digest digest) {

    private static final String HUB = "docker.io";
    private static final Pattern FORM = Pattern.compile(
            "(?<name>[^@]+?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+])(:[0-9]{1,5})?");

    /** Reads one; empty when it is none. */
    public static Optional<ImageReference> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group("name");
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
        String host = named ? first : HUB;
        String path = named ? name.substring(slash + 1) : slash < 0 ? "library/" + name : name;
        String digest = matcher.group("digest");
        String tag = matcher.group("tag");
        return HOST.matcher(host).matches() && PATH.matcher(path).matches()
                ? Optional.of(new ImageReference(host, path, tag, digest == null ? null : new Digest(digest)))
                : Optional.empty();
    }

    /** Host and path, without tag. */
    public String repository() {
        return host + "/" + path;
    }

    /** Whether the registry is on this machine, where docker too speaks plain HTTP. */
    public boolean isLoopback() {
        return host.matches("(localhost|127\\.[0-9.]+|\\[::1])(:.*)?");
    }
}
