package io.forgefleet.clients.scan;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vulnerability of one package, as one scanner told it.
 *
 * @param advisory its id in the scanner's database
 * @param aliases other ids of the very same vulnerability; never those of an advisory that covers several
 * @param severity the advisory's own word in its own spelling, null when it has none
 * @param vectors CVSS vectors of any version; may be empty
 * @param fixedIn versions that have it no more, one per branch of the package; empty when there is none or nobody knows
 * @param title one line; may be empty
 * @param url where to read more, null when the scanner does not say
 */
public record ReportedFinding(
        String advisory,
        Set<String> aliases,
        PackageRef installed,
        @Nullable String severity,
        List<String> vectors,
        List<String> fixedIn,
        String title,
        @Nullable String url) {

    /** Longer titles are cut. */
    private static final int MOST_TITLE = 300;

    public ReportedFinding {
        aliases = Set.copyOf(aliases);
        vectors = List.copyOf(vectors);
        fixedIn = List.copyOf(fixedIn);
        title = title.lines().findFirst().orElse("").strip();
        title = title.length() > MOST_TITLE ? title.substring(0, MOST_TITLE - 1) + "…" : title;
    }
}
