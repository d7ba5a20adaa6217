package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.PackageRef;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One vulnerability of one package of an image, joined from what every scanner told about every platform.
 *
 * @param id the best known of its ids: a CVE where there is one, else a GHSA, else the first
 * @param ids all ids, that one too
 * @param severity the highest that was told
 * @param score CVSS base score that fits the severity, null when there is none
 * @param fixedIn versions that have it no more; empty when there is none or nobody knows
 * @param platforms where it was found; empty for images whose platform does not matter
 * @param scanners who told it
 * @param title one line; may be empty
 * @param url where to read more, null when nobody says
 */
public record Finding(
        String id,
        NavigableSet<String> ids,
        PackageRef installed,
        Severity severity,
        @Nullable Double score,
        List<String> fixedIn,
        NavigableSet<String> platforms,
        NavigableSet<String> scanners,
        String title,
        @Nullable String url) {

    public Finding {
        ids = Collections.unmodifiableNavigableSet(new TreeSet<>(ids));
        fixedIn = List.copyOf(fixedIn);
        platforms = Collections.unmodifiableNavigableSet(new TreeSet<>(platforms));
        scanners = Collections.unmodifiableNavigableSet(new TreeSet<>(scanners));
    }

    /** The best known of some ids. */
    static String best(Set<String> ids) {
        return ids.stream()
                .filter(id -> id.startsWith("CVE-"))
                .sorted()
                .findFirst()
                .or(() -> ids.stream()
                        .filter(id -> id.startsWith("GHSA-"))
                        .sorted()
                        .findFirst())
                .orElseGet(() -> ids.stream().sorted().findFirst().orElse(""));
    }

    /** Whether this is one of its ids, in any case. */
    public boolean isCalled(String advisory) {
        return ids.stream().anyMatch(id -> id.toLowerCase(Locale.ROOT).equals(advisory.toLowerCase(Locale.ROOT)));
    }

    /** {@code fixed in 3.1.3}, or that no version is. */
    public String remedy() {
        return fixedIn.isEmpty() ? "no fix known" : "fixed in " + String.join(" or ", fixedIn);
    }

    /** {@code CVE-2024-1 in jinja2 2.4.1 (fixed in 3.1.3)}. */
    @Override
    public String toString() {
        return id + " in " + installed + " (" + remedy() + ")";
    }
}
