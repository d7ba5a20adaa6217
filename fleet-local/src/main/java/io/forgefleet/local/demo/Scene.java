package io.forgefleet.local.demo;

import io.forgefleet.events.image.PushedImage;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One run of the story, proven.
 *
 * @param what led to it
 * @param image null for a run that made none, as was due
 * @param steps how many steps its Dockerfile has
 * @param cached how many of them came from a cache
 * @param status word of the commit status
 */
record Scene(String what, @Nullable PushedImage image, Duration took, int steps, int cached, String status, URI page) {

    /** Status of an image that went, as was due. */
    static final String GONE = "gone";

    private static final String NONE = "-";
    private static final int SHORT_DIGEST = 19;

    String tag() {
        return image == null ? NONE : image.tag();
    }

    String digest() {
        return image == null ? NONE : image.digest().value().substring(0, SHORT_DIGEST);
    }

    String seconds() {
        return took.isZero() ? NONE : seconds(took);
    }

    String cachedOf() {
        return steps == 0 ? NONE : cached + " of " + steps;
    }

    boolean succeeded() {
        return status.equals("success") || status.equals(GONE);
    }

    static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
}
