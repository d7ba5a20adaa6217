package io.forgefleet.work.evidence;

import java.util.List;

/**
 * What was checked, in order.
 *
 * @param by whose signatures counted
 */
public record Verification(String by, List<Check> checks) {

    public Verification {
        checks = List.copyOf(checks);
    }

    /** Whether everything held. Nothing checked is nothing verified. */
    public boolean passed() {
        return !checks.isEmpty() && checks.stream().allMatch(Check::held);
    }
}
