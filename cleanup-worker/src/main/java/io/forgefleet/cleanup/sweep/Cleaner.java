package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.apply.Marks;
import io.forgefleet.cleanup.apply.Restore;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.plan.Judged;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.cleanup.rule.Retention;
import io.forgefleet.cleanup.rule.Rules;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.cleanup.rule.Where;
import io.forgefleet.cleanup.sweep.Outcome.OfImage;
import io.forgefleet.cleanup.truth.Ends;
import io.forgefleet.cleanup.truth.ForgeTruth;
import io.forgefleet.cleanup.truth.Told;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after one repository: the ledger and the forge are read whole or nothing goes, the rules say what is over, the
 * registry what hangs on it, and only then anything is deleted. Thread-safe.
 */
public final class Cleaner {

    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    private final FleetConfig config;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;
    private final Ends ends;
    private final ForgeTruth forges;
    private final RunsInHand runs;
    private final ImagePlaces places;
    private final Marks marks;
    private final CleanupMeters meters;
    private final ImageCleanup images;
    private final AtRest atRest;
    private final Map<RepositoryId, Duration> next = new ConcurrentHashMap<>();

    public Cleaner(
            FleetConfig config,
            LedgerTopic ledger,
            LedgerGuard guard,
            Ends ends,
            ForgeTruth forges,
            RunsInHand runs,
            ImagePlaces places,
            Marks marks,
            CleanupMeters meters,
            DeletionEvents events) {
        this.images = new ImageCleanup(config.retention(), places, marks, ledger, meters, events);
        this.atRest = new AtRest(config.retention().sweep());
        this.config = config;
        this.ledger = ledger;
        this.guard = guard;
        this.ends = ends;
        this.forges = forges;
        this.runs = runs;
        this.places = places;
        this.marks = marks;
        this.meters = meters;
    }

    /** Does what is wished. What cannot be done is said in the outcome, not thrown. */
    public Outcome clean(Wish wish) throws InterruptedException {
        RepositoryId repository = wish.repository();
        if (wish.dryRun()) {
            return alone(wish, Optional.empty());
        }
        Optional<Marks.Mark> mark = marks.take(Set.of("cleanup/" + repository));
        if (mark.isEmpty()) {
            return Outcome.refused(repository, "another cleanup of " + repository + " is at work");
        }
        try {
            Outcome outcome = alone(wish, mark);
            if (!outcome.refusal().isEmpty()) {
                meters.refused();
                LOG.warn("{}: nothing is deleted: {}", repository, outcome.refusal());
            }
            return outcome;
        } finally {
            mark.get().close();
        }
    }

    /** How long until something more of a repository is over by the rules, as far as its last cleanup saw. */
    public Optional<Duration> next(RepositoryId repository) {
        return Optional.ofNullable(next.get(repository));
    }

    /**
     * Takes something back from the trash.
     *
     * @param id tag that it has there
     * @return images with their tags, as far as any has something of that id
     * @throws ClientException where that does not do
     */
    public List<String> undo(String id) throws ClientException, TimeoutException, InterruptedException {
        ledger.catchUp();
        List<String> back = new ArrayList<>();
        for (RepositoryId repository : ledger.repositories()) {
            for (String image : ledger.images(repository)) {
                Optional<ImagePlaces.Place> place = places.find(image);
                if (place.isPresent()) {
                    RegistryDriver driver = place.get().driver();
                    new Restore(driver, place.get().repository(), image, marks, ledger)
                            .undo(id)
                            .ifPresent(tags -> tags.forEach(tag -> back.add(image + ":" + tag)));
                }
            }
        }
        return back;
    }

    /**
     * What the ledger has of each image, at one moment.
     *
     * @param changes of the repository's entries until then
     */
    private record Snapshot(Instant at, long changes, Map<String, Map<Digest, List<Entered>>> images) {}

    private Outcome alone(Wish wish, Optional<Marks.Mark> mark) throws InterruptedException {
        RepositoryId repository = wish.repository();
        try {
            Optional<String> lost = guard.check();
            if (lost.isPresent()) {
                return Outcome.refused(repository, lost.get());
            }
            Snapshot snapshot = snapshot(repository);
            Optional<String> clocks = LedgerGuard.doubt(snapshot.at(), Instant.now());
            if (clocks.isPresent()) {
                return Outcome.refused(repository, clocks.get());
            }
            if (!ledger.unreadable().isEmpty()) {
                return Outcome.refused(
                        repository,
                        "the ledger has entries that cannot be read, of a newer fleet perhaps; update this worker: "
                                + ledger.unreadable());
            }
            // after the ledger: whoever entered anything there is known by now
            if (mark.isPresent()) {
                mark.get().ensureHeld();
            }
            runs.catchUp();
            ends.catchUp();
            AtRest.Heard heard = new AtRest.Heard(snapshot.changes(), ends.heard(repository));
            if (!wish.dryRun() && atRest.still(repository, heard, snapshot.at())) {
                return new Outcome(repository, "", List.of());
            }
            return looked(wish, snapshot, heard);
        } catch (ClaimLostException e) {
            return Outcome.refused(repository, "another cleanup of " + repository + " took over: " + e.getMessage());
        } catch (ClientException | IOException | TimeoutException e) {
            return Outcome.refused(repository, String.valueOf(e.getMessage()));
        }
    }

    private Outcome looked(Wish wish, Snapshot snapshot, AtRest.Heard heard)
            throws ClientException, IOException, InterruptedException {
        RepositoryId repository = wish.repository();
        try (ReadAhead read = new ReadAhead()) {
            // a dry run tells of all that stays as well, so it reads registries whatever the forge says
            if (wish.dryRun()) {
                snapshot.images().forEach((image, digests) -> {
                    if (wish.means(image)) {
                        places.find(image).ifPresent(place -> read.begin(image, place, digests.keySet()));
                    }
                });
            }
            Told told = forges.of(repository, asked(repository, snapshot), snapshot.at());
            Map<String, Map<Digest, List<Judged>>> judged = judged(repository, snapshot, told);
            remember(repository, judged, snapshot, heard);
            List<OfImage> done = new ArrayList<>();
            for (Map.Entry<String, Map<Digest, List<Judged>>> each : judged.entrySet()) {
                if (wish.means(each.getKey())) {
                    done.add(images.clean(wish, each.getKey(), each.getValue(), snapshot.at(), read));
                }
            }
            return new Outcome(repository, "", done);
        }
    }

    private Snapshot snapshot(RepositoryId repository) throws TimeoutException, InterruptedException {
        Instant now = ledger.catchUp();
        long changes = ledger.changes(repository);
        Map<String, Map<Digest, List<Entered>>> images = new TreeMap<>();
        ledger.images(repository).forEach(image -> images.put(image, ledger.of(image)));
        return new Snapshot(now, changes, images);
    }

    private void remember(
            RepositoryId repository,
            Map<String, Map<Digest, List<Judged>>> judged,
            Snapshot snapshot,
            AtRest.Heard heard) {
        Instant now = snapshot.at();
        Optional<Instant> until = judged.values().stream()
                .flatMap(digests -> digests.values().stream())
                .flatMap(List::stream)
                .map(Judged::verdict)
                .flatMap(
                        verdict -> verdict instanceof Verdict.Kept kept ? Stream.ofNullable(kept.until()) : Stream.of())
                .min(Comparator.naturalOrder());
        next.remove(repository);
        until.ifPresent(end -> next.put(repository, Duration.between(now, end)));
        // that a run has ended neither the ledger tells nor an event
        boolean busy = entries(repository, snapshot).anyMatch(entry -> runs.holds(entry.run()));
        if (busy || judged.values().stream().anyMatch(ImageCleanup::isDue)) {
            atRest.end(repository);
        } else {
            atRest.begin(repository, heard, now, until.orElse(Instant.MAX));
        }
    }

    private static Stream<LedgerEntry> entries(RepositoryId repository, Snapshot snapshot) {
        return snapshot.images().values().stream()
                .flatMap(digests -> digests.values().stream())
                .flatMap(List::stream)
                .map(Entered::entry)
                .filter(entry -> entry.repository().equals(repository));
    }

    private static Set<Where> asked(RepositoryId repository, Snapshot snapshot) {
        return entries(repository, snapshot)
                .flatMap(entry -> Where.of(entry).stream())
                .collect(Collectors.toSet());
    }

    /** Twice where CI images are over: only then it is worth to ask which of them branches name. */
    private Map<String, Map<Digest, List<Judged>>> judged(RepositoryId repository, Snapshot snapshot, Told told)
            throws ClientException, IOException, InterruptedException {
        Map<String, Map<Digest, List<Judged>>> judged = judged(repository, snapshot, told, Set.of());
        Set<Digest> doubtful = judged.values().stream()
                .flatMap(digests -> digests.values().stream())
                .flatMap(List::stream)
                .filter(each -> each.verdict() instanceof Verdict.Expired)
                .map(each -> each.entered().entry())
                .filter(Rules::isCiImage)
                .map(LedgerEntry::digest)
                .collect(Collectors.toSet());
        return doubtful.isEmpty() ? judged : judged(repository, snapshot, told, forges.named(repository, doubtful));
    }

    private Map<String, Map<Digest, List<Judged>>> judged(
            RepositoryId repository, Snapshot snapshot, Told told, Set<Digest> pinned) {
        Rules rules = new Rules(
                Retention.of(config.retention(), told.retention()),
                told.states(),
                runs::holds,
                pinned::contains,
                snapshot.at());
        Map<String, Map<Digest, List<Judged>>> judged = new TreeMap<>();
        snapshot.images().forEach((image, digests) -> judged.put(image, judged(repository, digests, rules)));
        return judged;
    }

    private static Map<Digest, List<Judged>> judged(
            RepositoryId repository, Map<Digest, List<Entered>> all, Rules rules) {
        Map<String, Verdict> verdicts = rules.judge(all.values().stream()
                .flatMap(List::stream)
                .filter(entered -> entered.entry().repository().equals(repository))
                .toList());
        Map<Digest, List<Judged>> judged = new HashMap<>();
        all.forEach((digest, entries) -> judged.put(
                digest,
                entries.stream()
                        .map(entered -> new Judged(
                                entered,
                                verdicts.getOrDefault(
                                        entered.entry().key(),
                                        new Verdict.Kept("of " + entered.entry().repository(), null))))
                        .toList()));
        return judged;
    }
}
