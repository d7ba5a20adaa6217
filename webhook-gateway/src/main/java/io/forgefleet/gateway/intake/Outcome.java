package io.forgefleet.gateway.intake;

import java.util.Locale;

/** What became of a delivery. */
enum Outcome {
    ACCEPTED(202),
    DUPLICATE(202),
    IGNORED(204),
    MALFORMED(400),
    UNSIGNED(401),
    UNKNOWN_FORGE(404),
    WRONG_METHOD(405),
    TOO_SLOW(408),
    TOO_LARGE(413),
    WRONG_MEDIA_TYPE(415),
    BUSY(429),
    /** The sender went away before its body had arrived; nobody is there to be answered. */
    ABORTED(499),
    UNAVAILABLE(503);

    final int status;

    Outcome(int status) {
        this.status = status;
    }

    /** As metrics and logs call it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
