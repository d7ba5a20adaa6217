package io.forgefleet.local.verify;

import io.forgefleet.local.console.CommandFailure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference to an image.
 *
 * @param host of the registry, with port
 * @param repository path in it
 * @param reference tag or digest
 */
record ImageName(String host, String repository, String reference) {

    private static final Pattern FORM = Pattern.compile(
            "(?:([a-zA-Z0-9.-]+(?::\\d+)?|\\[[0-9a-fA-F:]+](?::\\d+)?)/)?([a-z0-9._/-]+?)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?");

    private static final String HUB = "docker.io";

    /** As docker reads it; the digest goes before the tag. */
    static ImageName parse(String text) throws CommandFailure {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new CommandFailure(
                    "'" + text + "' is neither a file that is there nor an image",
                    "an image is named as registry.example/team/app:1.2.0, with or without @sha256:…");
        }
        String host = matcher.group(1);
        String path = matcher.group(2);
        if (host != null && !host.contains(".") && !host.contains(":") && !host.equals("localhost")) {
            path = host + "/" + path;
            host = null;
        }
        if (host == null) {
            host = HUB;
            path = path.contains("/") ? path : "library/" + path;
        }
        String digest = matcher.group(4);
        String tag = matcher.group(3);
        return new ImageName(host, path, digest != null ? digest : tag != null ? tag : "latest");
    }

    /** Registries of this machine speak HTTP without TLS, as docker takes it too. */
    boolean local() {
        return host.startsWith("localhost") || host.startsWith("127.") || host.startsWith("[::1]");
    }
}
