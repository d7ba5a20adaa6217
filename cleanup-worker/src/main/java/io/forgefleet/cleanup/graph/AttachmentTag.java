package io.forgefleet.cleanup.graph;

import io.forgefleet.events.image.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tags that say what they are about: {@code sha256-<hex>}, the index of referrers where a registry has no API for them
 * (distribution specification, "referrers tag schema"), and {@code sha256-<hex>.sig}, {@code .att}, {@code .sbom} and
 * the like beside it.
 */
final class AttachmentTag {

    private static final Pattern FORM = Pattern.compile("sha256-([0-9a-f]{64})(\\..+)?");

    private AttachmentTag() {}

    /** What it is about; empty for any other tag. */
    static Optional<Digest> subject(String tag) {
        Matcher matcher = FORM.matcher(tag);
        return matcher.matches() ? Optional.of(new Digest("sha256:" + matcher.group(1))) : Optional.empty();
    }

    /** Whether it is the index of referrers, which registries' clients keep up themselves. */
    static boolean isReferrers(String tag) {
        Matcher matcher = FORM.matcher(tag);
        return matcher.matches() && matcher.group(2) == null;
    }
}
