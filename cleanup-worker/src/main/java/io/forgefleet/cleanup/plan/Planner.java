package io.forgefleet.cleanup.plan;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.cleanup.graph.Reachability;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.cleanup.rule.Verdict.Attached;
import io.forgefleet.cleanup.rule.Verdict.Expired;
import io.forgefleet.cleanup.rule.Verdict.Kept;
import io.forgefleet.events.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides about all of one repository. Nothing goes but what the ledger says to be ours and the rules let go, and the parts of
 * that; and of those nothing that is needed by what stays.
 */
public final class Planner {

    private final String image;
    private final RegistryGraph graph;
    private final Map<Digest, List<Judged>> ledger;
    private final KeepPattern keep;
    private final Capabilities can;
    private final Trash trash;
    private final Map<Digest, String> roots = new LinkedHashMap<>();
    private final Map<Digest, String> discarded = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** @param ledger all that it has of this image, by digest */
    public Planner(
            String image, RegistryGraph graph, Map<Digest, List<Judged>> ledger, KeepPattern keep, Capabilities can) {
        this(image, graph, ledger, keep, can, Trash.NONE);
    }

    /** The same with things that are to lose their tags first. */
    public Planner(
            String image,
            RegistryGraph graph,
            Map<Digest, List<Judged>> ledger,
            KeepPattern keep,
            Capabilities can,
            Trash trash) {
        this.trash = trash;
        this.image = image;
        this.graph = graph;
        this.ledger = ledger;
        this.keep = keep;
        this.can = can;
    }

    public Plan plan() {
        rootsByTag();
        rootsByLedger();
        rootsOfOthers();
        Set<Digest> going = certain();
        for (Digest digest : going) {
            if (isForTrash(digest)) {
                discarded.put(digest, whyGoing(digest));
                roots.put(digest, "goes to the trash first");
            }
        }
        going = discarded.isEmpty() ? going : certain();
        Reachability reached = Reachability.from(graph, roots);
        List<Item> items = new ArrayList<>();
        for (StoredManifest manifest : graph.manifests().values()) {
            items.add(going.contains(manifest.digest()) ? going(manifest, going) : staying(manifest, reached));
        }
        items.sort(Comparator.comparing(
                        (Item item) -> item.tags().isEmpty() ? "~" : item.tags().getFirst())
                .thenComparing(item -> item.digest().value()));
        return new Plan(image, items, freed(going), gone(), notes);
    }

    /** What nothing keeps, and is ours beyond doubt. */
    private Set<Digest> certain() {
        Set<Digest> going = going(Reachability.from(graph, roots));
        for (Set<Digest> doubtful = doubtful(going); !doubtful.isEmpty(); doubtful = doubtful(going)) {
            doubtful.forEach(digest -> roots.put(digest, "not known to be the fleet's"));
            going = going(Reachability.from(graph, roots));
        }
        return going;
    }

    private boolean isForTrash(Digest digest) {
        return trash.name(digest).isPresent()
                && Trash.holding(entries(digest)).isEmpty()
                && Trash.isWorthIt(entries(digest))
                && !over(digest).isEmpty();
    }

    private void rootsByTag() {
        graph.tags().forEach((tag, digest) -> {
            if (keep.keeps(image, tag)) {
                roots.put(digest, "tag " + tag + " matches what is to be kept: " + keep);
            } else if (!RegistryGraph.isReferrersTag(tag)
                    && entries(digest, tag).isEmpty()) {
                roots.putIfAbsent(
                        digest, "tag " + tag + " is not the fleet's: the ledger does not have it for this digest");
            }
        });
    }

    private void rootsByLedger() {
        ledger.forEach((digest, all) -> {
            kept(all).ifPresent(why -> roots.putIfAbsent(digest, why));
            boolean attached = all.stream().anyMatch(each -> each.verdict() instanceof Attached);
            if (attached && graph.subjectsOf(digest).isEmpty()) {
                roots.putIfAbsent(digest, "about something that it does not name");
            }
        });
    }

    private static Optional<String> kept(List<Judged> all) {
        return all.stream()
                .map(Judged::verdict)
                .filter(Kept.class::isInstance)
                .map(Verdict::reason)
                .findFirst();
    }

    /** Manifests without a tag that a registry tells of, or that are about others, and that nobody of the fleet entered. */
    private void rootsOfOthers() {
        for (Digest digest : graph.manifests().keySet()) {
            if (!ledger.containsKey(digest)
                    && !graph.isReferrersIndex(digest)
                    && parents(digest).isEmpty()) {
                roots.putIfAbsent(digest, "not the fleet's: the ledger does not have it");
            }
        }
    }

    private Set<Digest> going(Reachability reached) {
        return graph.manifests().keySet().stream()
                .filter(digest -> !reached.keeps(digest))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Of what nothing keeps, what is not proved to be ours: it is not of the ledger, nor wholly a part of what is. */
    private Set<Digest> doubtful(Set<Digest> going) {
        return going.stream().filter(digest -> !isOurs(digest, going)).collect(Collectors.toSet());
    }

    private boolean isOurs(Digest digest, Set<Digest> going) {
        if (ledger.containsKey(digest)) {
            return true;
        }
        if (graph.isReferrersIndex(digest)) {
            StoredManifest list = graph.manifests().get(digest);
            return going.containsAll(present(graph.subjectsOf(digest)))
                    && (!present(graph.subjectsOf(digest)).isEmpty()
                            || (list != null && !present(list.children()).isEmpty()));
        }
        return !parents(digest).isEmpty() && going.containsAll(parents(digest));
    }

    private Set<Digest> present(Collection<Digest> digests) {
        return digests.stream().filter(graph::holds).collect(Collectors.toSet());
    }

    /** Indexes that it is a part of; a list of referrers has no parts. */
    private Set<Digest> parents(Digest digest) {
        return graph.indexesOf(digest).stream()
                .filter(index -> !graph.isReferrersIndex(index))
                .collect(Collectors.toSet());
    }

    private Item going(StoredManifest manifest, Set<Digest> going) {
        Digest digest = manifest.digest();
        Set<Digest> after = Stream.concat(graph.indexesOf(digest).stream(), graph.subjectsOf(digest).stream())
                .filter(going::contains)
                .collect(Collectors.toSet());
        List<String> tags = graph.tagsOf(digest);
        Fate fate = can.delete() ? Fate.DELETE : can.untag() && !tags.isEmpty() ? Fate.UNTAG : Fate.KEEP;
        String reason = fate == Fate.KEEP ? "nobody needs it, but the registry cannot delete it" : whyGoing(digest);
        return item(manifest, fate, fate == Fate.KEEP ? List.of() : tags, reason, List.of(), after);
    }

    private String whyGoing(Digest digest) {
        return entries(digest).stream()
                .map(Judged::verdict)
                .filter(Expired.class::isInstance)
                .map(Expired.class::cast)
                .max(Comparator.comparing(Expired::since))
                .map(expired -> expired.reason() + ", since " + expired.since())
                .orElse(parents(digest).isEmpty() ? "what it is about goes" : "a part of what goes");
    }

    private Item staying(StoredManifest manifest, Reachability reached) {
        Digest digest = manifest.digest();
        List<String> over = over(digest);
        Optional<String> thrown = discarded.containsKey(digest) ? trash.name(digest) : Trash.holding(entries(digest));
        if (thrown.isPresent() && can.untag()) {
            return inTrash(manifest, over, thrown.get(), reached.chain(digest));
        }
        List<String> chain = reached.chain(digest);
        if (over.isEmpty()) {
            return item(manifest, Fate.KEEP, List.of(), chain.getFirst(), chain, Set.of());
        }
        if (!can.untag()) {
            notes.add(String.join(", ", over) + " would go, but names the same digest as what stays, and this registry"
                    + " can only delete both: left");
            return item(manifest, Fate.KEEP, List.of(), chain.getFirst(), chain, Set.of());
        }
        return item(manifest, Fate.UNTAG, over, "shared with what stays: " + chain.getFirst(), chain, Set.of());
    }

    /** Tags of which every entry is over. */
    private List<String> over(Digest digest) {
        return graph.tagsOf(digest).stream()
                .filter(tag -> !keep.keeps(image, tag))
                .filter(tag -> !entries(digest, tag).isEmpty()
                        && entries(digest, tag).stream().allMatch(Judged::expired))
                .toList();
    }

    /** Also what a cleanup was killed over: its entry is there, and its tags are as well. */
    private Item inTrash(StoredManifest manifest, List<String> over, String name, List<String> chain) {
        Digest digest = manifest.digest();
        boolean done = over.isEmpty() && graph.tagsOf(digest).contains(name);
        return done
                ? item(manifest, Fate.KEEP, List.of(), chain.getFirst(), chain, Set.of())
                : item(
                        manifest,
                        Fate.UNTAG,
                        over,
                        discarded.getOrDefault(digest, chain.getFirst()),
                        chain,
                        Set.of(),
                        name);
    }

    private Item item(
            StoredManifest manifest,
            Fate fate,
            List<String> toGo,
            String reason,
            List<String> chain,
            Set<Digest> after) {
        return item(manifest, fate, toGo, reason, chain, after, null);
    }

    private Item item(
            StoredManifest manifest,
            Fate fate,
            List<String> toGo,
            String reason,
            List<String> chain,
            Set<Digest> after,
            @Nullable String thrown) {
        Digest digest = manifest.digest();
        long bytes = manifest.size()
                + manifest.blobs().values().stream().mapToLong(Long::longValue).sum();
        Instant entered = entries(digest).stream()
                .map(each -> each.entered().at())
                .max(Comparator.naturalOrder())
                .orElse(null);
        Set<String> over =
                switch (fate) {
                    case DELETE -> keys(entries(digest).stream());
                    case UNTAG ->
                        // what is in the trash gets its tags back by its entries
                        thrown != null
                                ? Set.of()
                                : keys(entries(digest).stream()
                                        .filter(Judged::expired)
                                        .filter(each -> toGo.containsAll(
                                                each.entered().entry().tags())));
                    case KEEP -> Set.of();
                };
        return new Item(
                digest,
                manifest.mediaType(),
                graph.tagsOf(digest),
                toGo,
                bytes,
                entered,
                fate,
                reason,
                chain,
                after,
                keys(entries(digest).stream()),
                over,
                thrown);
    }

    private static Set<String> keys(Stream<Judged> entries) {
        return entries.map(each -> each.entered().entry().key()).collect(Collectors.toSet());
    }

    private List<Judged> entries(Digest digest) {
        return ledger.getOrDefault(digest, List.of());
    }

    private List<Judged> entries(Digest digest, String tag) {
        return entries(digest).stream()
                .filter(each -> each.entered().entry().tags().contains(tag))
                .toList();
    }

    private Map<Digest, Long> freed(Set<Digest> going) {
        if (!can.delete()) {
            return Map.of();
        }
        Map<Digest, Long> freed = new HashMap<>();
        for (Digest digest : going) {
            StoredManifest manifest = graph.manifests().get(digest);
            if (manifest != null) {
                freed.put(digest, manifest.size());
                freed.putAll(manifest.blobs());
            }
        }
        graph.manifests().values().stream()
                .filter(manifest -> !going.contains(manifest.digest()))
                .forEach(manifest -> freed.keySet().removeAll(manifest.blobs().keySet()));
        return freed;
    }

    private Set<String> gone() {
        return keys(ledger.entrySet().stream()
                .filter(each ->
                        !graph.holds(each.getKey()) && kept(each.getValue()).isEmpty())
                .flatMap(each -> each.getValue().stream()));
    }
}
