package io.forgefleet.gateway.intake;

import java.io.Serial;

/** A delivery goes no further. Carries no stack trace: it is an answer, not a fault. */
final class Refusal extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final Outcome outcome;
    private final String pointer;

    Refusal(Outcome outcome, String message) {
        this(outcome, "", message);
    }

    /** With the JSON pointer of what is wrong. */
    Refusal(Outcome outcome, String pointer, String message) {
        super(message, null, false, false);
        this.outcome = outcome;
        this.pointer = pointer;
    }

    Outcome outcome() {
        return outcome;
    }

    String pointer() {
        return pointer;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
