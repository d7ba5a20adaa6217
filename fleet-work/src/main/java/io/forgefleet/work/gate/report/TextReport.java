package io.forgefleet.work.gate.report;

import io.forgefleet.work.gate.CouldNotScan;
import io.forgefleet.work.gate.Finding;
import io.forgefleet.work.gate.GateResult;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.Verdict.Waived;
import java.util.ArrayList;
import java.util.List;

/** A verdict as a text for logs: its summary, a table of findings, what is to be known about waivers. */
public final class TextReport {

    private static final List<String> HEADINGS =
            List.of("", "SEVERITY", "ADVISORY", "PACKAGE", "FIX", "WHERE", "TOLD BY");

    private TextReport() {}

    /** Lines without line feeds. */
    public static List<String> lines(GateResult result) {
        return switch (result) {
            case CouldNotScan not -> List.of(not.message());
            case Verdict verdict -> lines(verdict);
        };
    }

    private static List<String> lines(Verdict verdict) {
        List<String> lines = new ArrayList<>();
        lines.add((verdict.passed() ? "passed: " : "blocked: ") + verdict.summary());
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        verdict.blocking().forEach(each -> rows.add(row("blocks", each)));
        verdict.tolerated().forEach(each -> rows.add(row("passes", each)));
        verdict.waived().forEach(each -> rows.add(row("waived", each.finding())));
        if (rows.size() > 1) {
            lines.addAll(aligned(rows));
        }
        for (Waived each : verdict.expired()) {
            lines.add("waiver expired: " + each.waiver() + ": " + each.waiver().reason());
        }
        for (Waived each : verdict.waived()) {
            lines.add("waived: " + each.waiver() + ": " + each.waiver().reason());
        }
        verdict.unused().forEach(each -> lines.add("waiver not needed by this image: " + each));
        verdict.unexamined().forEach(each -> lines.add("could not be looked up: " + each));
        return lines.stream().map(TextReport::oneLine).toList();
    }

    private static List<String> row(String what, Finding finding) {
        return List.of(
                what,
                finding.severity().word(),
                finding.id(),
                finding.installed().toString(),
                finding.fixedIn().isEmpty() ? "-" : String.join(" or ", finding.fixedIn()),
                finding.platforms().isEmpty() ? "-" : String.join(" ", finding.platforms()),
                String.join(" ", finding.scanners()));
    }

    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Names of packages come from images, and may hold what moves a terminal's cursor. */
    private static String oneLine(String line) {
        return line.replaceAll("\\p{Cntrl}", "?");
    }
}
