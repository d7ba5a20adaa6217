package io.forgefleet.clients.scan;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One installed package.
 *
 * @param name as the SBOM or the scanner calls it
 * @param version as installed
 * @param ecosystem in the scanner's words, such as {@code PyPI} or {@code Debian:12}; may be empty
 * @param purl package URL with its version, without qualifiers; null when nobody knows it
 */
public record PackageRef(
        String name,
        String version,
        String ecosystem,
        @Nullable String purl) {

    /** Equal for the same package told by different scanners. */
    public String key() {
        String key = purl == null ? name + "@" + version : purl;
        return key.toLowerCase(Locale.ROOT);
    }

    /**
     * Cuts qualifiers and subpath off a package URL, which differ from tool to tool.
     *
     * @return null for null or an empty text
     */
    public static @Nullable String bare(@Nullable String purl) {
        return purl == null || purl.isEmpty() ? null : purl.replaceFirst("[?#].*$", "");
    }

    @Override
    public String toString() {
        return name + " " + version;
    }
}
