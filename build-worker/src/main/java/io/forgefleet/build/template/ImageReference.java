package io.forgefleet.build.template;

import io.forgefleet.events.image.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image as people name it, with what they leave out.
 *
 * @param host of the registry
 * @param path there
 * @param tag null where it is named by its digest
 * @param digest null where it is named by its tag
 */
record ImageReference(
        String host,
        String path,
        @Nullable String tag,
        @Nullable Digest digest) {

    private static final String HUB = "docker.io";
    private static final Pattern FORM = Pattern.compile(
            "(?<name>[^@]+?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?" + "(@(?<digest>sha256:[0-9a-f]{64}))?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?");

    /** Reads it as docker does; empty when it is none, or has neither tag nor digest. */
    static Optional<ImageReference> parse(String text) {
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
        if (!HOST.matcher(host).matches() || !PATH.matcher(path).matches() || (digest == null && tag == null)) {
            return Optional.empty();
        }
        return Optional.of(new ImageReference(host, path, tag, digest == null ? null : new Digest(digest)));
    }

    /** Host and path, without tag. */
    String repository() {
        return host + "/" + path;
    }

    /** Whether the registry is on this machine, where docker too speaks plain HTTP. */
    boolean isLoopback() {
        return host.matches("(localhost|127\\.[0-9.]+)(:.*)?");
    }
}
