package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Joins what scanners told: findings of one package that share an id are one. */
public final class Findings {

    private static final String DEBIANS = "DEBIAN-CVE-";

    private record Told(String platform, String scanner, ReportedFinding finding, NavigableSet<String> ids) {}

    private Findings() {}

    /** The joined findings, worst first. */
    public static List<Finding> join(List<PlatformReport> reports) {
        Map<String, List<Told>> byPackage = new LinkedHashMap<>();
        for (PlatformReport each : reports) {
            for (ReportedFinding finding : each.report().findings()) {
                byPackage
                        .computeIfAbsent(finding.installed().key(), key -> new ArrayList<>())
                        .add(new Told(each.platform(), each.report().scanner(), finding, ids(finding)));
            }
        }
        List<Finding> joined = new ArrayList<>();
        for (List<Told> ofPackage : byPackage.values()) {
            groups(ofPackage).forEach(group -> joined.add(one(group)));
        }
        joined.sort(Comparator.comparing(Finding::severity, Comparator.reverseOrder())
                .thenComparing(Finding::id)
                .thenComparing(finding -> finding.installed().key()));
        return List.copyOf(joined);
    }

    /** Packages that no scanner could look up at least on one platform. */
    public static List<PackageRef> unexamined(List<PlatformReport> reports) {
        Map<String, Set<String>> scannersOf = new HashMap<>();
        Map<String, Integer> scanners = new HashMap<>();
        Map<String, PackageRef> packages = new LinkedHashMap<>();
        for (PlatformReport each : reports) {
            scanners.merge(each.platform(), 1, Integer::sum);
            for (PackageRef one : each.report().unexamined()) {
                packages.putIfAbsent(one.key(), one);
                scannersOf
                        .computeIfAbsent(each.platform() + " " + one.key(), key -> new TreeSet<>())
                        .add(each.report().scanner());
            }
        }
        Set<String> nobody = new LinkedHashSet<>();
        scannersOf.forEach((place, who) -> {
            String[] platformAndKey = place.split(" ", 2);
            if (who.size() == scanners.getOrDefault(platformAndKey[0], 0)) {
                nobody.add(platformAndKey[1]);
            }
        });
        return packages.entrySet().stream()
                .filter(entry -> nobody.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static NavigableSet<String> ids(ReportedFinding finding) {
        NavigableSet<String> ids = new TreeSet<>();
        ids.add(normal(finding.advisory()));
        finding.aliases().forEach(alias -> ids.add(normal(alias)));
        ids.stream()
                .filter(id -> id.startsWith(DEBIANS))
                .map(id -> id.substring("DEBIAN-".length()))
                .toList()
                .forEach(ids::add);
        return ids;
    }

    /** GitHub's ids are lower case after their prefix, all others upper. */
    private static String normal(String id) {
        String upper = id.strip().toUpperCase(Locale.ROOT);
        return upper.startsWith("GHSA-") ? "GHSA" + upper.substring(4).toLowerCase(Locale.ROOT) : upper;
    }

    /** Those that share an id, also by way of others. */
    private static List<List<Told>> groups(List<Told> told) {
        List<List<Told>> groups = new ArrayList<>();
        Map<String, List<Told>> groupOf = new HashMap<>();
        for (Told each : told) {
            List<Told> group = new ArrayList<>(List.of(each));
            for (String id : each.ids()) {
                List<Told> other = groupOf.get(id);
                if (other != null && other != group) {
                    group.addAll(0, other);
                    groups.remove(other);
                    other.forEach(one -> one.ids().forEach(theirs -> groupOf.put(theirs, group)));
                }
            }
            each.ids().forEach(id -> groupOf.put(id, group));
            groups.add(group);
        }
        return groups;
    }

    private static Finding one(List<Told> group) {
        NavigableSet<String> ids = new TreeSet<>();
        NavigableSet<String> platforms = new TreeSet<>();
        NavigableSet<String> scanners = new TreeSet<>();
        Set<String> fixedIn = new LinkedHashSet<>();
        Severity severity = Severity.UNKNOWN;
        String title = "";
        String url = null;
        for (Told each : group) {
            ids.addAll(each.ids());
            scanners.add(each.scanner());
            if (!each.platform().isEmpty()) {
                platforms.add(each.platform());
            }
            fixedIn.addAll(each.finding().fixedIn());
            Severity told = severity(each.finding());
            severity = told.compareTo(severity) > 0 ? told : severity;
            title = title.isEmpty() ? each.finding().title() : title;
            url = url == null ? each.finding().url() : url;
        }
        return new Finding(
                Finding.best(ids),
                ids,
                installed(group),
                severity,
                score(group, severity),
                List.copyOf(fixedIn),
                platforms,
                scanners,
                title,
                url);
    }

    /** In the words of the first that knows its URL. */
    private static PackageRef installed(List<Told> group) {
        return group.stream()
                .map(each -> each.finding().installed())
                .filter(each -> each.purl() != null)
                .findFirst()
                .orElse(group.getFirst().finding().installed());
    }

    /** The advisory's own word, else the worst of its vectors. */
    static Severity severity(ReportedFinding finding) {
        return Severity.ofWord(finding.severity()).orElseGet(() -> finding.vectors().stream()
                .flatMap(vector -> CvssVector.parse(vector).stream())
                .map(CvssVector::severity)
                .max(Comparator.naturalOrder())
                .orElse(Severity.UNKNOWN));
    }

    private static @Nullable Double score(List<Told> group, Severity severity) {
        Optional<Double> score = group.stream()
                .flatMap(each -> each.finding().vectors().stream())
                .flatMap(vector -> CvssVector.parse(vector).stream())
                .filter(each -> each.severity() == severity)
                .map(CvssVector::score)
                .max(Comparator.naturalOrder());
        return score.orElse(null);
    }
}
