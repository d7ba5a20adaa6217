package io.forgefleet.cleanup.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.forgefleet.cleanup.plan.Item.Fate;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is to become of everything that one image's repository holds.
 *
 * @param image registry and repository, without tag
 * @param freed bytes that nothing else of this repository needs, each blob counted once; other repositories may
 * @param gone keys of ledger entries whose digests nobody needs and the registry does not have any more
 * @param notes what a person should know
 */
public record Plan(String image, List<Item> items, long freed, Set<String> gone, List<String> notes) {

    public Plan {
        items = List.copyOf(items);
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
