package io.forgefleet.clients.forge.release;

import io.forgefleet.events.job.RunId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the fleet knows a release as its own: the last line of its notes, which no forge shows.
 *
 * @param run that made it
 * @param names of the files that the fleet put there, or is about to
 */
public record ReleaseMarker(RunId run, Set<String> names) {

    private static final Pattern LINE =
            Pattern.compile("<!-- forgefleet-release run=([0-9a-f]{24}) files=([A-Za-z0-9._+~@ -]*) -->");

    public ReleaseMarker {
        names = Set.copyOf(names);
    }

    public ReleaseMarker(RunId run, Collection<String> names) {
        this(run, Set.copyOf(names));
    }

    /** Of a release's notes; empty when the fleet did not make it. */
    static Optional<ReleaseMarker> of(String notes) {
        Matcher line = LINE.matcher(notes.stripTrailing().lines().reduce("", (before, last) -> last));
        if (!line.matches()) {
            return Optional.empty();
        }
        Set<String> names = new TreeSet<>(Set.of(line.group(2).split(" ")));
        names.remove("");
        return Optional.of(new ReleaseMarker(new RunId(line.group(1)), names));
    }

    /** The run that made a release, by its notes; empty when the fleet did not make it. */
    public static Optional<RunId> runOf(String notes) {
        return of(notes).map(ReleaseMarker::run);
    }

    /** Whether a line of the text could be taken for one. */
    static boolean isIn(String text) {
        return text.lines().anyMatch(line -> LINE.matcher(line.strip()).matches());
    }

    /** Notes that end with it. */
    public String after(String notes) {
        String line =
                "<!-- forgefleet-release run=" + run + " files=" + String.join(" ", new TreeSet<>(names)) + " -->";
        return notes.isBlank() ? line : notes.stripTrailing() + "\n\n" + line;
    }
}
