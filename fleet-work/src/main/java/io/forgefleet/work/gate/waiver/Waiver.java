package io.forgefleet.work.gate.waiver;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.events.image.Digest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's decision that a vulnerability of a package is to be lived with, or is none here.
 *
 * @param advisories ids of the vulnerability; one of them is enough
 * @param packageName name of the package, or its package URL with or without version
 * @param image package URL ({@code pkg:oci/…}) of the only image that it is for; null for any
 * @param reason why
 * @param who decided, null when the file does not say
 * @param expires the last day on which it holds, to its end in UTC; null for statements of OpenVEX, which have none
 * @param source where it stands: file and place in it
 */
public record Waiver(
        Set<String> advisories,
        String packageName,
        @Nullable String image,
        String reason,
        @Nullable String who,
        @Nullable LocalDate expires,
        String source) {

    /** In place of a package: all of them. */
    static final String ANY_PACKAGE = "*";

    private static final Pattern IMAGE = Pattern.compile(
            "pkg:oci/(?<name>[^@?#]+)(@(?<digest>[^?#]+))?(\\?([^#]*&)?repository_url=(?<repository>[^&#]+))?.*");

    public Waiver {
        advisories = Set.copyOf(advisories);
    }

    /** Whether its last day is over. */
    public boolean isExpired(Instant now) {
        return expires != null
                && !now.isBefore(
                        expires.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /** Whether it speaks of the package, which is looked at without regard to case. */
    public boolean isAbout(PackageRef installed) {
        String named = lower(packageName);
        if (named.equals(ANY_PACKAGE)) {
            return true;
        }
        if (!named.startsWith("pkg:")) {
            return named.equals(lower(installed.name()));
        }
        String bare = PackageRef.bare(installed.purl());
        String purl = bare == null ? "" : lower(bare);
        String wanted = named.replaceFirst("[?#].*$", "");
        return purl.equals(wanted) || purl.startsWith(wanted + "@");
    }

    /**
     * Whether it is for an image; what its package URL leaves open, it does not bound.
     *
     * @param repository registry and repository
     * @param digests of the image, and of its platforms
     */
    public boolean isFor(String repository, Set<Digest> digests) {
        if (image == null) {
            return true;
        }
        Matcher named = IMAGE.matcher(image);
        if (!named.matches()) {
            return false;
        }
        String digest = named.group("digest");
        String where = named.group("repository");
        String whole = lower(repository);
        return lower(decoded(named.group("name"))).equals(whole.substring(whole.lastIndexOf('/') + 1))
                && (digest == null
                        || digests.stream().anyMatch(each -> each.value().equals(decoded(digest))))
                && (where == null
                        || whole.equals(lower(decoded(where)))
                        || whole.equals(lower(decoded(where)) + "/" + lower(decoded(named.group("name")))));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** {@code CVE-2024-1 in jinja2 (until 2027-01-01, waivers.yml line 3)}. */
    @Override
    public String toString() {
        return String.join(", ", advisories.stream().sorted().toList()) + " in " + packageName + " ("
                + (expires == null ? "" : "until " + expires + ", ") + source + ")";
    }
}
