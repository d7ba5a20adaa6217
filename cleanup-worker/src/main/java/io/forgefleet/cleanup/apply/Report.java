package io.forgefleet.cleanup.apply;

import io.forgefleet.events.image.Digest;
import java.util.List;

/**
 * What came of a plan.
 *
 * @param deleted manifests that are gone
 * @param untagged tags that are gone from what stays
 * @param trashed tags under which something can be asked back for a while
 * @param skipped what was to go and stays for now
 * @param incomplete what was to stay and does not come whole any more; none, unless somebody else deleted too
 */
public record Report(
        List<Digest> deleted,
        List<String> untagged,
        List<String> trashed,
        List<Skipped> skipped,
        List<String> incomplete) {

    /** Of a plan with nothing to do. */
    public static final Report NOTHING = new Report(List.of(), List.of(), List.of(), List.of(), List.of());

    /** What was to go and was left. */
    public record Skipped(Digest digest, String why) {}

    public Report {
        deleted = List.copyOf(deleted);
        untagged = List.copyOf(untagged);
        trashed = List.copyOf(trashed);
        skipped = List.copyOf(skipped);
        incomplete = List.copyOf(incomplete);
    }
}
