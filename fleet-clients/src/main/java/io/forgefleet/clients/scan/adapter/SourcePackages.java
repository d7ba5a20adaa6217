package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.Sbom.Component;
import io.forgefleet.events.wire.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An SBOM in which packages of distributions bear the name of the source that they were built from. OSV's advisories of
 * Debian, Ubuntu and Alpine name sources only, and osv-scanner looks for the names that it reads: given {@code libssl3}
 * alone it says nothing about {@code openssl}.
 */
final class SourcePackages {

    private static final Pattern BUILT_FROM_SOURCE =
            Pattern.compile("pkg:(deb|apk)/([^/]+)/([^@?#]+)@([^?#]+)(\\?[^#]*)?.*");
    private static final Pattern DISTRO = Pattern.compile("[?&]distro=[^&]+");
    private static final Pattern UPSTREAM = Pattern.compile("[?&]upstream=([^&]+)");

    /** Types of package URLs by the ecosystems of OSV, up to a colon; of those that have a name of their own. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("PyPI", "pypi"),
            Map.entry("npm", "npm"),
            Map.entry("Go", "golang"),
            Map.entry("Maven", "maven"),
            Map.entry("crates.io", "cargo"),
            Map.entry("RubyGems", "gem"),
            Map.entry("NuGet", "nuget"),
            Map.entry("Packagist", "composer"),
            Map.entry("Debian", "deb"),
            Map.entry("Ubuntu", "deb"),
            Map.entry("Alpine", "apk"),
            Map.entry("Wolfi", "apk"),
            Map.entry("Chainguard", "apk"));

    private final Map<String, Map<String, String>> asked = new LinkedHashMap<>();
    private final Map<String, Set<Component>> installed = new HashMap<>();

    SourcePackages(List<Component> components) {
        for (Component each : components) {
            Component source = source(each);
            Matcher distro = DISTRO.matcher(source.purl());
            asked.putIfAbsent(
                    PackageRef.bare(source.purl()) + (distro.find() ? distro.group() : ""),
                    Map.of(
                            "type",
                            "library",
                            "name",
                            source.name(),
                            "version",
                            source.version(),
                            "purl",
                            source.purl()));
            for (String name : spellings(source)) {
                installed
                        .computeIfAbsent(key(name, source.version()), ignored -> new LinkedHashSet<>())
                        .add(each);
            }
        }
    }

    boolean isEmpty() {
        return asked.isEmpty();
    }

    /** CycloneDX, no more of it than a scanner needs. */
    byte[] cycloneDx() {
        return Json.write(
                Map.of("bomFormat", "CycloneDX", "specVersion", "1.5", "version", 1, "components", asked.values()));
    }

    /** The packages of the image that a scanner means, each once; what it calls by an unknown name, as it calls it. */
    Set<PackageRef> installed(String name, String version, String ecosystem) {
        Set<Component> found = installed.getOrDefault(key(name, version), Set.of());
        String type = TYPES.get(ecosystem.replaceFirst(":.*", ""));
        Set<PackageRef> packages = new LinkedHashSet<>();
        for (Component each : found) {
            if (type == null || each.purl().startsWith("pkg:" + type + "/")) {
                packages.add(each.asPackage(ecosystem));
            }
        }
        return packages.isEmpty() ? Set.of(new PackageRef(name, version, ecosystem, null)) : packages;
    }

    private static Component source(Component each) {
        Matcher purl = BUILT_FROM_SOURCE.matcher(each.purl());
        if (!purl.matches() || purl.group(5) == null) {
            return each;
        }
        Matcher upstream = UPSTREAM.matcher(purl.group(5));
        if (!upstream.find()) {
            return each;
        }
        String[] nameAndVersion = decoded(upstream.group(1)).split("@", 2);
        String version = nameAndVersion.length > 1 ? nameAndVersion[1] : each.version();
        return new Component(
                nameAndVersion[0],
                version,
                "pkg:" + purl.group(1) + "/" + purl.group(2) + "/" + nameAndVersion[0] + "@"
                        + version.replace("+", "%2B").replace(":", "%3A") + purl.group(5));
    }

    /** Its name; that of its URL, which has its group before it; and that as Maven joins the two. */
    private static Set<String> spellings(Component each) {
        String name = decoded(each.purl()
                .replaceFirst("[?#].*$", "")
                .replaceFirst("^pkg:[^/]+/", "")
                .replaceFirst("@[^@]*$", ""));
        int slash = name.lastIndexOf('/');
        Set<String> spellings = new LinkedHashSet<>(List.of(each.name(), name));
        if (slash > 0) {
            spellings.add(name.substring(0, slash) + ":" + name.substring(slash + 1));
        }
        return spellings;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static String key(String name, String version) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-') + " " + version.replaceFirst("^v(?=\\d)", "");
    }
}
