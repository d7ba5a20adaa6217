package io.forgefleet.cleanup.api;

import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.events.image.Digest;
import java.util.HashMap;
import java.util.Map;

/** What several plans free together: a registry keeps a blob once, however many of its images have it. */
final class FreedBytes {

    private final Map<String, Map<Digest, Long>> blobs = new HashMap<>();

    void add(Outcome outcome) {
        for (Outcome.OfImage image : outcome.images()) {
            Plan plan = image.plan();
            if (plan != null) {
                String registry = plan.image().substring(0, plan.image().indexOf('/'));
                blobs.computeIfAbsent(registry, key -> new HashMap<>()).putAll(plan.freedBlobs());
            }
        }
    }

    long total() {
        return blobs.values().stream()
                .flatMap(each -> each.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }
}
