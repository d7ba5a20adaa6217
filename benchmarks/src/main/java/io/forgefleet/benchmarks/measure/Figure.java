package io.forgefleet.benchmarks.measure;

/**
 * One row of a table.
 *
 * @param target what was asked for; empty where the row only explains another
 */
public record Figure(String what, String measured, String target, Verdict verdict) {

    /** How a figure stands to its target. */
    public enum Verdict {
        MET("met"),
        MISSED("MISSED"),
        /** Nothing was asked for. */
        NONE(""),
        SKIPPED("skipped");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }
    }

    /** A figure that has a target. */
    public static Figure of(String what, String measured, String target, boolean met) {
        return new Figure(what, measured, target, met ? Verdict.MET : Verdict.MISSED);
    }

    /** A figure beside those with a target. */
    public static Figure beside(String what, String measured) {
        return new Figure(what, measured, "", Verdict.NONE);
    }

    /** A figure that could not be had here, and why. */
    public static Figure skipped(String what, String why) {
        return new Figure(what, why, "", Verdict.SKIPPED);
    }

    String word() {
        return verdict.word;
    }
}
