package io.forgefleet.work.gate;

/**
 * What an image may not have.
 *
 * @param failOn the lowest severity that blocks; never {@link Severity#UNKNOWN}
 * @param unknownBlocks whether a finding of unknown severity does
 */
public record Policy(Severity failOn, boolean unknownBlocks) {

    /** High and critical findings block, and those of unknown severity. */
    public static final Policy DEFAULT = new Policy(Severity.HIGH, true);

    public Policy {
        if (failOn == Severity.UNKNOWN) {
            throw new IllegalArgumentException("the lowest severity that blocks must be low, medium, high or critical");
        }
    }

    /** Whether a finding of this severity blocks unless it is waived. */
    public boolean blocks(Severity severity) {
        return severity == Severity.UNKNOWN ? unknownBlocks : severity.compareTo(failOn) >= 0;
    }
}
