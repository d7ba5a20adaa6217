package io.forgefleet.work.gate;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How bad a vulnerability is. In rising order, where {@link #UNKNOWN} gives way to what anybody knows. */
public enum Severity {
    /** Nobody has said, and there is no CVSS vector; whether that blocks is a question of its own. */
    UNKNOWN,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    /**
     * Reads the word of an advisory, as GitHub, Debian, Ubuntu, Red Hat, Trivy and Grype write it.
     *
     * @return empty for null and for words that say nothing
     */
    public static Optional<Severity> ofWord(@Nullable String word) {
        return switch (word == null ? "" : word.strip().toLowerCase(Locale.ROOT)) {
            case "critical" -> Optional.of(CRITICAL);
            case "high", "important" -> Optional.of(HIGH);
            case "medium", "moderate" -> Optional.of(MEDIUM);
            case "low", "negligible", "unimportant", "minor", "none" -> Optional.of(LOW);
            default -> Optional.empty();
        };
    }

    /** The word in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
