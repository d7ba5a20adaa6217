package io.forgefleet.local.doctor;

/**
 * One thing that was looked at.
 *
 * @param what in a word or two
 * @param found what was seen
 * @param advice what to do; empty where all is well
 */
public record Finding(Level level, String what, String found, String advice) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** The fleet runs, but not all of it, or not safely. */
        WARN,
        /** The fleet, or what was configured, cannot run. */
        FAIL
    }

    static Finding ok(String what, String found) {
        return new Finding(Level.OK, what, found, "");
    }

    static Finding warn(String what, String found, String advice) {
        return new Finding(Level.WARN, what, found, advice);
    }

    static Finding fail(String what, String found, String advice) {
        return new Finding(Level.FAIL, what, found, advice);
    }
}
