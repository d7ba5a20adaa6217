package io.forgefleet.cleanup.plan;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.events.image.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is to become of everything that one image's repository holds.
 *
 * @param image registry and repository, without tag
 * @param freedBlobs what goes, manifests too, and nothing else of this repository needs, with its bytes; other repositories may
 * @param gone keys of ledger entries whose digests nobody needs and the registry does not have any more
 * @param notes what a person should know
 */
@JsonIgnoreProperties("freedBlobs")
public record Plan(String image, List<Item> items, Map<Digest, Long> freedBlobs, Set<String> gone, List<String> notes) {

    public Plan {
        items = List.copyOf(items);
        freedBlobs = Map.copyOf(freedBlobs);
        gone = Set.copyOf(gone);
        notes = List.copyOf(notes);
    }

    private Stream<Item> of(Fate fate) {
        return items.stream().filter(item -> item.fate() == fate);
    }

    public List<Item> deletions() {
        return of(Fate.DELETE).toList();
    }

    public List<Item> untaggings() {
        return of(Fate.UNTAG).toList();
    }

    /** Bytes of {@link #freedBlobs()}, each counted once. */
    @JsonProperty
    public long freed() {
        return freedBlobs.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same, telling of some of its items only. */
    public Plan only(Predicate<Item> told) {
        return new Plan(image, items.stream().filter(told).toList(), freedBlobs, gone, notes);
    }

    /** Whether there is nothing to do. */
    @JsonProperty
    public boolean isEmpty() {
        return gone.isEmpty() && items.stream().allMatch(item -> item.fate() == Fate.KEEP);
    }

    /** What is deleted, or goes to the trash and so one day is. */
    public long going() {
        return items.stream()
                .filter(item -> item.fate() == Fate.DELETE || item.trash() != null)
                .count();
    }

    /** How much of the manifests goes, in percent. */
    @JsonProperty
    public int share() {
        return items.isEmpty() ? 0 : (int) (100L * going() / items.size());
    }
}
