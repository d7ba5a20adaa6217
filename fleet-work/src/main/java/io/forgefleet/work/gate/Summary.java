package io.forgefleet.work.gate;

import java.util.ArrayList;
import java.util.List;

/** A verdict in one line for a commit status: counts first, then as many findings as there is room for. */
record Summary(Verdict verdict) {

    private static final List<Severity> WORST_FIRST =
            List.of(Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.UNKNOWN);

    String line() {
        return GateResult.cut(verdict.passed() ? passed() : blocked());
    }

    private String passed() {
        List<String> parts = new ArrayList<>();
        String counts = counts(verdict.tolerated());
        parts.add(
                counts.isEmpty()
                        ? "no findings" + (verdict.waived().isEmpty() ? "" : " but waived ones")
                        : counts + ", none of which blocks");
        if (!verdict.waived().isEmpty()) {
            parts.add(verdict.waived().size() + " waived");
        }
        if (!verdict.unexamined().isEmpty()) {
            int packages = verdict.unexamined().size();
            parts.add(packages + (packages == 1 ? " package" : " packages") + " could not be looked up");
        }
        return String.join("; ", parts);
    }

    private String blocked() {
        long expired = verdict.expired().stream()
                .filter(each -> verdict.blocking().contains(each.finding()))
                .count();
        StringBuilder line = new StringBuilder(counts(verdict.blocking()));
        if (expired > 0) {
            line.append(" (")
                    .append(expired)
                    .append(expired == 1 ? " waiver" : " waivers")
                    .append(" expired)");
        }
        String separator = ": ";
        int left = verdict.blocking().size();
        for (Finding each : verdict.blocking()) {
            left--;
            int room = GateResult.MOST_SUMMARY - line.length() - separator.length() - (left == 0 ? 0 : ", …".length());
            String words = each.toString();
            if (words.length() > room) {
                return line.append(separator).append("…").toString();
            }
            line.append(separator).append(words);
            separator = ", ";
        }
        return line.toString();
    }

    /** {@code 2 critical, 1 high}; empty for none. */
    private static String counts(List<Finding> findings) {
        List<String> counts = new ArrayList<>();
        for (Severity severity : WORST_FIRST) {
            long count = findings.stream()
                    .filter(each -> each.severity() == severity)
                    .count();
            if (count > 0) {
                counts.add(count + " " + (severity == Severity.UNKNOWN ? "of unknown severity" : severity.word()));
            }
        }
        return String.join(", ", counts);
    }
}
