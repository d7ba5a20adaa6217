package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import io.forgefleet.events.repofile.ReleaseSpec.Artifact;
import io.forgefleet.events.repofile.ReleaseSpec.FailOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code release}. */
final class ReleaseEntries {

    private static final int MOST_ARTIFACTS = 16;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");
    private static final Pattern PINNED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:-]{0,300}@sha256:[0-9a-f]{64}");
    private static final Set<String> FIELDS = Set.of("tags", "platforms", "registries", "artifacts", "scan", "sign");
    private static final Set<String> ARTIFACT_FIELDS =
            Set.of("image", "command", "paths", "environment", "network", "timeout");

    private ReleaseEntries() {}

    /** @param ciImages that an artifact may name as its image */
    static Optional<ReleaseSpec> read(Entry root, List<CiImageSpec> ciImages) {
        return root.mapping("release").map(entry -> {
            entry.known(FIELDS);
            List<Glob> tags = entry.globs("tags", List.of());
            if (tags.isEmpty()) {
                entry.error("tags", "patterns of the tags were expected that are releases, such as v*");
            }
            Optional<Entry> scan = entry.mapping("scan");
            scan.ifPresent(each -> each.known(Set.of("failOn", "waivers")));
            return new ReleaseSpec(
                    tags,
                    entry.texts(
                            "platforms",
                            ImageEntries.PLATFORM,
                            "a list of platforms like linux/amd64 was expected",
                            false),
                    entry.texts("registries", NAME, "a list of names of registries of the server was expected", false),
                    artifacts(entry, ciImages),
                    scan.flatMap(ReleaseEntries::failOn).orElse(null),
                    scan.map(each -> each.path("waivers", ReleaseSpec.WAIVERS)).orElse(ReleaseSpec.WAIVERS),
                    entry.mapping("sign").map(ReleaseEntries::key).orElse(null));
        });
    }

    private static Optional<FailOn> failOn(Entry scan) {
        if (!scan.has("failOn")) {
            return Optional.empty();
        }
        String word = scan.text("failOn", null);
        Optional<FailOn> known = Stream.of(FailOn.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
        if (known.isEmpty()) {
            scan.error("failOn", "one of low, medium, high, critical was expected");
        }
        return known;
    }

    private static @Nullable String key(Entry sign) {
        sign.known(Set.of("key"));
        String key = sign.text("key", null);
        if (!NAME.matcher(key).matches()) {
            sign.error("key", "the name of a key of the server was expected");
            return null;
        }
        return key;
    }

    private static List<Artifact> artifacts(Entry release, List<CiImageSpec> ciImages) {
        Set<String> images = ciImages.stream().map(CiImageSpec::name).collect(Collectors.toSet());
        List<Artifact> artifacts = new ArrayList<>();
        for (Entry entry : release.entries("artifacts", MOST_ARTIFACTS, "artifacts")) {
            entry.known(ARTIFACT_FIELDS);
            String image = entry.text("image", null);
            if (!images.contains(image) && !PINNED.matcher(image).matches()) {
                entry.error(
                        "image",
                        "the name of one of the ciImages was expected, or a reference with its digest (…@sha256:…)");
            }
            List<Glob> paths = entry.globs("paths", List.of());
            if (paths.isEmpty()) {
                entry.error("paths", "patterns of the files were expected that the command leaves");
            }
            for (Glob path : paths) {
                String folder = Artifact.folder(path.toString());
                if (folder.contains("*")
                        || folder.contains("?")
                        || path.toString().contains("**")) {
                    entry.error(
                            "paths", "'" + path + "': no wildcard was expected but in the name of a file: dist/*.whl");
                }
            }
            artifacts.add(new Artifact(
                    image,
                    TemplateEntries.command(entry),
                    paths,
                    TemplateEntries.environment(entry),
                    entry.flag("network", false),
                    entry.duration("timeout").orElse(null)));
        }
        return artifacts;
    }
}
