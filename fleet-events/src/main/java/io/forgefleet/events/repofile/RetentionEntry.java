package io.forgefleet.events.repofile;

import java.util.Set;

/** Reads the section {@code retention}. */
final class RetentionEntry {

    private static final Set<String> FIELDS = Set.of("pullRequests", "branches", "keepLatestOfOpenPullRequest");

    private RetentionEntry() {}

    static RetentionSpec read(Entry root) {
        return root.mapping("retention").map(RetentionEntry::spec).orElse(RetentionSpec.UNSAID);
    }

    private static RetentionSpec spec(Entry entry) {
        entry.known(FIELDS);
        return new RetentionSpec(
                entry.duration("pullRequests").orElse(null),
                entry.duration("branches").orElse(null),
                entry.flag("keepLatestOfOpenPullRequest", true));
    }
}
