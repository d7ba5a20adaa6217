package io.forgefleet.work.gate;

/** What the gate says about an image: a verdict, or that there cannot be one. */
public sealed interface GateResult permits Verdict, CouldNotScan {

    /** As much as the description of a commit status may have on every forge. */
    int MOST_SUMMARY = 140;

    /** Which image. */
    ImageSubject image();

    /** Whether the image may go on: only with a verdict that does not block. */
    boolean passed();

    /** One line of at most {@link #MOST_SUMMARY} characters for people. */
    String summary();

    /** Cuts a line to what a commit status takes. */
    static String cut(String line) {
        return line.length() <= MOST_SUMMARY ? line : line.substring(0, MOST_SUMMARY - 1) + "…";
    }
}
