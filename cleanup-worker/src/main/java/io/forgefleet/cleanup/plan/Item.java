package io.forgefleet.cleanup.plan;

import io.forgefleet.events.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One manifest or index of the plan.
 *
 * @param tags all that it has
 * @param tagsToGo of them, all where it is deleted
 * @param bytes of it and of its own blobs
 * @param entered when the ledger heard of it last, null where it never did
 * @param reason for people
 * @param chain from it to what keeps it; empty for what goes
 * @param after what has to be gone before: indexes that name it, what it is about
 * @param ledger keys of its entries
 * @param trash tag that it is kept under for a while, in place of those that go; null where it is not kept so
 * @param over keys of those that say nothing any more once its tags are gone
 */
public record Item(
        Digest digest,
        String mediaType,
        List<String> tags,
        List<String> tagsToGo,
        long bytes,
        @Nullable Instant entered,
        Fate fate,
        String reason,
        List<String> chain,
        Set<Digest> after,
        Set<String> ledger,
        Set<String> over,
        @Nullable String trash) {

    public enum Fate {
        KEEP,
        /** It stays for another tag's sake or another's, and some of its tags go. */
        UNTAG,
        DELETE
    }

    public Item {
        tags = List.copyOf(tags);
        tagsToGo = List.copyOf(tagsToGo);
        chain = List.copyOf(chain);
        after = Set.copyOf(after);
        ledger = Set.copyOf(ledger);
        over = Set.copyOf(over);
    }
}
