package io.forgefleet.local.demo;

import io.forgefleet.events.image.PushedImage;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * One run of the story, proven.
 *
 * @param what led to it
 * @param steps how many steps its Dockerfile has
 * @param cached how many of them came from a cache
 * @param status word of the commit status
 */
record Scene(String what, PushedImage image, Duration took, int steps, int cached, String status, URI page) {

    String seconds() {
        return seconds(took);
    }

    String cachedOf() {
        return cached + " of " + steps;
    }

    static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
}
