package io.forgefleet.cleanup.graph;

import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.events.image.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tags, manifests and what joins them, of one repository at one moment. Immutable. */
public final class RegistryGraph {

    private final Map<String, Digest> tags;
    private final Map<Digest, StoredManifest> manifests;
    private final Map<Digest, List<String>> tagsOf = new HashMap<>();
    private final Map<Digest, Set<Digest>> indexesOf = new HashMap<>();
    private final Map<Digest, Set<Digest>> about = new HashMap<>();
    private final Map<Digest, Set<Digest>> subjectsOf = new HashMap<>();

    /**
     * @param manifests all that are there
     * @param referrers what the registry's own API says is about a manifest; empty where it has none
     */
    public RegistryGraph(
            Map<String, Digest> tags, Map<Digest, StoredManifest> manifests, Map<Digest, Set<Digest>> referrers) {
        this.tags = new TreeMap<>(tags);
        this.manifests = Map.copyOf(manifests);
        this.tags.forEach((tag, digest) -> {
            tagsOf.computeIfAbsent(digest, d -> new ArrayList<>()).add(tag);
            AttachmentTag.subject(tag).ifPresent(subject -> attach(digest, subject));
        });
        for (StoredManifest manifest : manifests.values()) {
            manifest.children().forEach(child -> add(indexesOf, child, manifest.digest()));
            manifest.subject().ifPresent(subject -> attach(manifest.digest(), subject));
        }
        referrers.forEach((subject, all) -> all.forEach(each -> attach(each, subject)));
    }

    private void attach(Digest attachment, Digest subject) {
        if (!attachment.equals(subject)) {
            add(about, subject, attachment);
            add(subjectsOf, attachment, subject);
        }
    }

    private static void add(Map<Digest, Set<Digest>> map, Digest key, Digest value) {
        map.computeIfAbsent(key, k -> new LinkedHashSet<>(2)).add(value);
    }

    /** All tags, in their order. */
    public Map<String, Digest> tags() {
        return java.util.Collections.unmodifiableMap(tags);
    }

    public Map<Digest, StoredManifest> manifests() {
        return manifests;
    }

    public boolean holds(Digest digest) {
        return manifests.containsKey(digest);
    }

    /** Tags of a manifest, in their order. */
    public List<String> tagsOf(Digest digest) {
        return List.copyOf(tagsOf.getOrDefault(digest, List.of()));
    }

    /** Indexes that name a manifest. */
    public Set<Digest> indexesOf(Digest digest) {
        return Set.copyOf(indexesOf.getOrDefault(digest, Set.of()));
    }

    /** What a manifest is about, whether that is there or not. */
    public Set<Digest> subjectsOf(Digest digest) {
        return Set.copyOf(subjectsOf.getOrDefault(digest, Set.of()));
    }

    /** Whether all tags of a manifest are those under which clients keep lists of referrers, and it has one. */
    public boolean isReferrersIndex(Digest digest) {
        List<String> names = tagsOf.getOrDefault(digest, List.of());
        return !names.isEmpty() && names.stream().allMatch(AttachmentTag::isReferrers);
    }

    /** Whether a tag only says what its manifest is about. */
    public static boolean isReferrersTag(String tag) {
        return AttachmentTag.isReferrers(tag);
    }

    /** What a manifest cannot be without, and what goes with it: its children, what is about it, what it is about. */
    Stream<Step> from(Digest digest) {
        StoredManifest manifest = manifests.get(digest);
        Stream<Step> children =
                manifest == null ? Stream.of() : manifest.children().stream().map(child -> new Step(child, "part of"));
        return Stream.of(
                        children,
                        about.getOrDefault(digest, Set.of()).stream().map(each -> new Step(each, "is about")),
                        subjectsOf.getOrDefault(digest, Set.of()).stream().map(each -> new Step(each, "is subject of")))
                .flatMap(step -> step)
                .filter(step -> manifests.containsKey(step.to()));
    }

    /** @param how what {@code to} is to where the step comes from */
    record Step(Digest to, String how) {}
}
