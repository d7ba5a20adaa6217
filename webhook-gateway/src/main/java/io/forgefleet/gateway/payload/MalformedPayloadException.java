package io.forgefleet.gateway.payload;

import java.io.Serial;

/** A payload holds what its forge never sends. Carries no stack trace: it is an answer, not a fault of the fleet. */
final class MalformedPayloadException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String expected;

    MalformedPayloadException(String pointer, String expected) {
        super(pointer + ": expected " + expected, null, false, false);
        this.pointer = pointer;
        this.expected = expected;
    }

    Reading.Malformed reading() {
        return new Reading.Malformed(pointer, expected);
    }
}
