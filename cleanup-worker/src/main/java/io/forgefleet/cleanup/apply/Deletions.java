package io.forgefleet.cleanup.apply;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.cleanup.ledger.Ledger;
import io.forgefleet.cleanup.plan.Item;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.claim.ClaimKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Carries one plan out: tags of what stays first, then manifests, parents before their children, a few at a time. It can be
 * stopped at any moment; what it did not come to is in the next plan.
 *
 * <p>Before anything goes, its digest and its tags are marked; then the ledger is read to its end and the registry's tags are
 * listed again. A run that takes something up again holds one of those claims from before it looks until its entry is in the ledger: so
 * either it finds the mark and waits, or the entry is found here, or the thing is gone when it looks.
 */
public final class Deletions {

    private static final int AT_ONCE = 16;
    private static final int MOST_TAGS = 1_000_000;
    private static final int FEW_TAGS = 200;
    private static final Duration BETWEEN_READING_ALL = Duration.ofSeconds(20);

    private final RegistryDriver driver;
    private final String repository;
    private final Plan plan;
    private final Marks marks;
    private final Ledger ledger;
    private final Told told;
    private final Deletion deletion;
    private final Map<String, Digest> knownTags = new HashMap<>();
    private final Set<Digest> knownDigests;
    private final Set<Digest> staying = ConcurrentHashMap.newKeySet();
    private final List<Digest> deleted = Collections.synchronizedList(new ArrayList<>());
    private final List<String> untagged = Collections.synchronizedList(new ArrayList<>());
    private final List<String> trashed = Collections.synchronizedList(new ArrayList<>());
    private final List<Report.Skipped> skipped = Collections.synchronizedList(new ArrayList<>());
    private volatile String stopped = "";
    private long allRead = System.nanoTime() - BETWEEN_READING_ALL.toNanos() - 1;

    /**
     * @param repository path in the registry
     * @param told of each manifest that went
     */
    public Deletions(
            RegistryDriver driver,
            Capabilities can,
            String repository,
            Plan plan,
            Marks marks,
            Ledger ledger,
            Told told) {
        this.driver = driver;
        this.repository = repository;
        this.plan = plan;
        this.marks = marks;
        this.ledger = ledger;
        this.told = told;
        this.deletion = new Deletion(driver, can, repository, plan.image(), ledger, told, new Pace());
        this.knownDigests = plan.items().stream().map(Item::digest).collect(Collectors.toSet());
        plan.items().forEach(item -> item.tags().forEach(tag -> knownTags.put(tag, item.digest())));
    }

    /**
     * Does it.
     *
     * @throws ClientException when the registry cannot be read any more
     * @throws TimeoutException when the ledger cannot
     */
    public Report run() throws ClientException, TimeoutException, InterruptedException {
        inParts(plan.untaggings());
        List<Item> waiting = new ArrayList<>(plan.deletions());
        Set<Digest> pending = waiting.stream().map(Item::digest).collect(Collectors.toCollection(HashSet::new));
        while (!waiting.isEmpty() && stopped.isEmpty()) {
            List<Item> wave = waiting.stream()
                    .filter(item -> Collections.disjoint(item.after(), pending))
                    .toList();
            if (wave.isEmpty()) {
                waiting.forEach(item -> leave(item, "it hangs on what hangs on it"));
                break;
            }
            inParts(wave);
            waiting.removeAll(wave);
            wave.forEach(item -> pending.remove(item.digest()));
        }
        if (!plan.gone().isEmpty() && stopped.isEmpty()) {
            forgetGone();
        }
        List<String> incomplete =
                deleted.isEmpty() && untagged.isEmpty() ? List.of() : Completeness.missing(driver, repository, plan);
        return new Report(deleted, untagged, trashed, skipped, incomplete);
    }

    /** What is not there any more: deleted by whom did not come to say so, or by somebody else. */
    private void forgetGone() throws InterruptedException {
        Map<Digest, Set<String>> byDigest = new HashMap<>();
        for (String key : plan.gone()) {
            byDigest.computeIfAbsent(new Digest(key.substring(0, key.indexOf('@'))), digest -> new HashSet<>())
                    .add(key);
        }
        for (Map.Entry<Digest, Set<String>> each : byDigest.entrySet()) {
            told.deleted(each.getKey(), List.of(), each.getValue(), "was not there any more");
            ledger.forget(each.getValue());
        }
    }

    private void inParts(List<Item> items) throws ClientException, TimeoutException, InterruptedException {
        List<Item> fit = new ArrayList<>();
        for (Item item : items) {
            if (Collections.disjoint(item.after(), staying)) {
                fit.add(item);
            } else {
                leave(item, "what it belongs to is still there");
            }
        }
        for (int from = 0; from < fit.size() && stopped.isEmpty(); from += AT_ONCE) {
            part(fit.subList(from, Math.min(fit.size(), from + AT_ONCE)));
        }
        if (!stopped.isEmpty()) {
            fit.stream()
                    .filter(item -> !deleted.contains(item.digest()) && !staying.contains(item.digest()))
                    .forEach(item -> leave(item, stopped));
        }
    }

    private void part(List<Item> items) throws ClientException, TimeoutException, InterruptedException {
        // filled by who marks, not by who waits for it: one that is stopped while it waits has to close them all the
        // same
        Map<Item, Marks.Mark> marked = new ConcurrentHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                List<Future<Boolean>> asked = new ArrayList<>();
                items.forEach(item -> asked.add(threads.submit(() -> mark(item, marked))));
                for (Future<Boolean> each : asked) {
                    result(each);
                }
                ledger.catchUp();
                Map<Digest, List<Entered>> now = ledger.of(plan.image());
                Set<Digest> fresh = fresh(now.keySet());
                List<Future<Boolean>> going = new ArrayList<>();
                marked.forEach((item, mark) -> going.add(threads.submit(() -> go(item, mark, now, fresh))));
                for (Future<Boolean> each : going) {
                    result(each);
                }
            } finally {
                threads.shutdownNow();
            }
        } finally {
            marked.values().forEach(Marks.Mark::close);
        }
    }

    private boolean mark(Item item, Map<Item, Marks.Mark> marked) throws InterruptedException {
        List<String> keys = new ArrayList<>();
        String trash = item.trash();
        if (item.fate() == Fate.DELETE || trash != null) {
            keys.add(ClaimKeys.ofDigest(plan.image(), item.digest()));
        }
        if (trash != null) {
            keys.add(ClaimKeys.ofTag(plan.image(), trash));
        }
        item.tagsToGo().forEach(tag -> keys.add(ClaimKeys.ofTag(plan.image(), tag)));
        Optional<Marks.Mark> mark = marks.take(keys);
        mark.ifPresentOrElse(taken -> marked.put(item, taken), () -> leave(item, "a run is at work on it"));
        return mark.isPresent();
    }

    private boolean go(Item item, Marks.Mark mark, Map<Digest, List<Entered>> now, Set<Digest> fresh)
            throws InterruptedException {
        try {
            if (changed(item, now.getOrDefault(item.digest(), List.of()))) {
                leave(item, "a run took it up since the plan");
            } else if (fresh.contains(item.digest())) {
                leave(item, "it got a tag since the plan");
            } else if (stopped.isEmpty()) {
                deletion.of(item, mark);
                if (item.fate() == Fate.DELETE) {
                    deleted.add(item.digest());
                } else {
                    untagged.addAll(item.tagsToGo());
                    Optional.ofNullable(item.trash()).ifPresent(trashed::add);
                }
                return true;
            }
        } catch (Deletion.Left e) {
            leave(item, String.valueOf(e.getMessage()));
            if (e.forAll) {
                stopped = String.valueOf(e.getMessage());
            }
        } catch (ClientException e) {
            leave(item, String.valueOf(e.getMessage()));
        }
        return false;
    }

    private static boolean changed(Item item, List<Entered> now) {
        Set<String> keys = now.stream().map(each -> each.entry().key()).collect(Collectors.toSet());
        Instant last =
                now.stream().map(Entered::at).max(Comparator.naturalOrder()).orElse(null);
        return !keys.equals(item.ledger()) || !Objects.equals(last, item.entered());
    }

    /** What got a tag or came into the ledger since it was planned, and what that needs. */
    private Set<Digest> fresh(Set<Digest> entered) throws ClientException, InterruptedException {
        Set<Digest> fresh = new HashSet<>(entered);
        fresh.removeAll(knownDigests);
        tags().forEach((tag, digest) -> {
            if (!digest.equals(knownTags.get(tag))) {
                fresh.add(digest);
            }
        });
        for (StoredManifest manifest :
                driver.reader().manifests(repository, Set.copyOf(fresh)).values()) {
            fresh.addAll(manifest.children());
            manifest.subject().ifPresent(fresh::add);
        }
        return fresh;
    }

    /**
     * Tags as they are now: all that are new, and those that were there as well, since somebody may have moved one; of very many
     * that is asked only now and then. The fleet's own tags are looked at once more before each deletion in any case.
     */
    private Map<String, Digest> tags() throws ClientException, InterruptedException {
        if (knownTags.size() <= FEW_TAGS || System.nanoTime() - allRead > BETWEEN_READING_ALL.toNanos()) {
            Map<String, Digest> all = driver.reader().tags(repository);
            allRead = System.nanoTime();
            return all;
        }
        Registry registry = driver.reader().registry();
        Map<String, Digest> unknown = new HashMap<>();
        for (String tag : registry.tags(repository, MOST_TAGS)) {
            if (!knownTags.containsKey(tag)) {
                registry.digest(repository, tag).ifPresent(digest -> unknown.put(tag, digest));
            }
        }
        return unknown;
    }

    private void leave(Item item, String why) {
        staying.add(item.digest());
        skipped.add(new Report.Skipped(item.digest(), why));
    }

    private static <T> T result(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException("a deletion failed in a way that was not foreseen", e);
        }
    }
}
