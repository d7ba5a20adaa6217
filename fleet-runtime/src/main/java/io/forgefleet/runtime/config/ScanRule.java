package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Section;

/**
 * What images may not have.
 *
 * @param failOn the lowest severity that fails the status
 * @param unknown what a finding of no known severity does
 */
public record ScanRule(Threshold failOn, Unknown unknown) {

    /** Severities, the lowest first. */
    public enum Threshold {
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL
    }

    /** What is done about a severity that no advisory tells. */
    public enum Unknown {
        BLOCK,
        PASS
    }

    static ScanRule read(Section section) {
        return new ScanRule(
                section.word("failOn", Threshold.class, Threshold.HIGH),
                section.word("unknown", Unknown.class, Unknown.BLOCK));
    }
}
