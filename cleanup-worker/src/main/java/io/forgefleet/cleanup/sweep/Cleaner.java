package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.apply.Deletions;
import io.forgefleet.cleanup.apply.Marks;
import io.forgefleet.cleanup.apply.Report;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.cleanup.plan.Judged;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.plan.Planner;
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
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after one repository: the ledger and the forge are read whole or nothing goes, the rules say what is over, the
 * registry what hangs on it, and only then anything is deleted. Thread-safe.
 */
public final class Cleaner {

    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    /** So few may always go: one closed pull request is half of a small repository. */
    private static final int FEW = 20;

    private final FleetConfig config;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;
    private final Ends ends;
    private final ForgeTruth forges;
    private final RunsInHand runs;
    private final ImagePlaces places;
    private final Marks marks;
    private final CleanupMeters meters;

    public Cleaner(
            FleetConfig config,
            LedgerTopic ledger,
            LedgerGuard guard,
            Ends ends,
            ForgeTruth forges,
            RunsInHand runs,
            ImagePlaces places,
            Marks marks,
            CleanupMeters meters) {
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
            return alone(wish);
        }
        Optional<Marks.Mark> mark = marks.take(Set.of("cleanup/" + repository));
        if (mark.isEmpty()) {
            return Outcome.refused(repository, "another cleanup of " + repository + " is at work");
        }
        try {
            Outcome outcome = alone(wish);
            if (!outcome.refusal().isEmpty()) {
                meters.refused();
                LOG.warn("{}: nothing is deleted: {}", repository, outcome.refusal());
            }
            return outcome;
        } finally {
            mark.get().close();
        }
    }

    private Outcome alone(Wish wish) throws InterruptedException {
        RepositoryId repository = wish.repository();
        try {
            Optional<String> lost = guard.check();
            if (lost.isPresent()) {
                return Outcome.refused(repository, lost.get());
            }
            ends.catchUp();
            runs.catchUp();
            Instant now = ledger.catchUp();
            if (!ledger.unreadable().isEmpty()) {
                return Outcome.refused(
                        repository,
                        "the ledger has entries that cannot be read, of a newer fleet perhaps; update this worker: "
                                + ledger.unreadable());
            }
            Set<String> images = new TreeSet<>(ledger.images(repository));
            Told told = forges.of(repository, asked(repository, images), now);
            Rules rules =
                    new Rules(Retention.of(config.retention(), told.retention()), told.states(), runs::holds, now);
            List<OfImage> done = new ArrayList<>();
            for (String image : images) {
                if (wish.image().isEmpty() || wish.image().equals(image)) {
                    done.add(image(wish, image, judged(repository, image, rules)));
                }
            }
            return new Outcome(repository, "", done);
        } catch (ClientException | IOException | TimeoutException e) {
            return Outcome.refused(repository, String.valueOf(e.getMessage()));
        }
    }

    private Set<Where> asked(RepositoryId repository, Set<String> images) {
        Set<Where> asked = new HashSet<>();
        for (String image : images) {
            ledger.of(image).values().stream()
                    .flatMap(List::stream)
                    .map(Entered::entry)
                    .filter(entry -> entry.repository().equals(repository))
                    .forEach(entry -> Where.of(entry).ifPresent(asked::add));
        }
        return asked;
    }

    private Map<Digest, List<Judged>> judged(RepositoryId repository, String image, Rules rules) {
        Map<Digest, List<Entered>> all = ledger.of(image);
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

    private OfImage image(Wish wish, String image, Map<Digest, List<Judged>> judged) throws InterruptedException {
        boolean due = judged.values().stream()
                .flatMap(List::stream)
                .anyMatch(each -> each.verdict() instanceof Verdict.Expired);
        if (!due && !wish.dryRun()) {
            return new OfImage(image, "", null, null, "");
        }
        Optional<ImagePlaces.Place> found = places.find(image);
        if (found.isEmpty()) {
            return OfImage.refused(image, "no registry of the configuration has it", null);
        }
        RegistryDriver driver = found.get().driver();
        String repository = found.get().repository();
        try {
            Capabilities can = driver.capabilities(repository);
            if (!can.mayDelete() && !wish.dryRun()) {
                return OfImage.refused(image, can.hindrance(), null);
            }
            RegistryGraph graph = GraphReader.read(driver, can, repository, judged.keySet());
            Plan plan = new Planner(image, graph, judged, wish.keep(), can).plan();
            if (wish.dryRun()) {
                return new OfImage(image, can.hindrance(), plan, null, driver.garbage());
            }
            if (tooMuch(plan) && !wish.yes()) {
                String why = plan.share() + "% of " + image + " would go, and more than "
                        + config.retention().mostShare()
                        + "% goes only on a person's word: ./fleet prune --dry-run, then"
                        + " ./fleet prune --yes";
                LOG.warn("{}: {}", wish.repository(), why);
                return OfImage.refused(image, why, plan);
            }
            Report report = plan.isEmpty()
                    ? new Report(List.of(), List.of(), List.of(), List.of())
                    : new Deletions(driver, can, repository, plan, marks, ledger, item -> meters.gone(image, item))
                            .run();
            meters.done(plan, report);
            report.incomplete().forEach(what -> LOG.error("{}: {}", image, what));
            return new OfImage(image, "", plan, report, driver.garbage());
        } catch (ClientException | TimeoutException e) {
            return OfImage.refused(image, String.valueOf(e.getMessage()), null);
        }
    }

    private boolean tooMuch(Plan plan) {
        return plan.share() > config.retention().mostShare() && plan.deletions().size() > FEW;
    }
}
