package io.forgefleet.build.builder;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.job.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Images that were built and have no tag yet, in the registry or in a folder: an attempt that failed to give them one need
 * not build again. Thread-safe.
 */
public final class BuiltImages {

    /** What was built for a run. */
    private record Kept(Builder builder, Builder.Product image, long since) {}

    private final Map<RunId, List<Kept>> byRun = new ConcurrentHashMap<>();
    private final Duration longest;

    /**
     * Keeps nothing yet.
     *
     * @param longest after which nobody comes back for an image
     */
    public BuiltImages(Duration longest) {
        this.longest = longest;
    }

    public void keep(RunId run, Builder builder, Builder.Product image) {
        long now = System.nanoTime();
        byRun.computeIfAbsent(run, id -> new CopyOnWriteArrayList<>()).add(new Kept(builder, image, now));
        byRun.forEach((id, kept) -> {
            if (now - kept.getFirst().since() > longest.toNanos()) {
                drop(id);
            }
        });
    }

    /** What an earlier attempt of the run built for this tag, if it is still there. */
    public Optional<Builder.Product> find(RunId run, Builder builder, String tagged)
            throws ClientException, InterruptedException {
        for (Kept kept : byRun.getOrDefault(run, List.of())) {
            if (kept.image().tagged().equals(tagged) && kept.builder() == builder && builder.has(kept.image())) {
                return Optional.of(kept.image());
            }
        }
        return Optional.empty();
    }

    /** Drops everything of a run that is on this machine, in the background. */
    public void drop(RunId run) {
        List<Kept> all = byRun.remove(run);
        if (all != null) {
            Thread.ofVirtual().name("tidy-" + run).start(() -> remove(all));
        }
    }

    /** Drops everything; returns when it is gone. */
    public void close() {
        byRun.values().forEach(BuiltImages::remove);
        byRun.clear();
    }

    private static void remove(List<Kept> all) {
        all.forEach(kept -> kept.builder().remove(kept.image()));
    }
}
