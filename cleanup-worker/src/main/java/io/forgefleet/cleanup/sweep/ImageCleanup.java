package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.apply.Deletions;
import io.forgefleet.cleanup.apply.Marks;
import io.forgefleet.cleanup.apply.Report;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.cleanup.plan.Judged;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.plan.Planner;
import io.forgefleet.cleanup.plan.Trash;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.cleanup.sweep.Outcome.OfImage;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.runtime.config.RetentionConfig;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with one image in its registry, once it is known what the rules say of it. Thread-safe. */
final class ImageCleanup {

    private static final Logger LOG = LoggerFactory.getLogger(ImageCleanup.class);

    /** So few may always go: one closed pull request is half of a small repository. */
    private static final int FEW = 20;

    private final RetentionConfig retention;
    private final ImagePlaces places;
    private final Marks marks;
    private final LedgerTopic ledger;
    private final CleanupMeters meters;
    private final DeletionEvents events;

    ImageCleanup(
            RetentionConfig retention,
            ImagePlaces places,
            Marks marks,
            LedgerTopic ledger,
            CleanupMeters meters,
            DeletionEvents events) {
        this.retention = retention;
        this.places = places;
        this.marks = marks;
        this.ledger = ledger;
        this.meters = meters;
        this.events = events;
    }

    /** Whether anything could go: something is over, and not in the trash already for its time there. */
    static boolean isDue(Map<Digest, List<Judged>> judged) {
        return judged.values().stream()
                .filter(all -> all.stream()
                        .noneMatch(each -> each.entered().entry().kind() == LedgerEntry.Kind.TRASH
                                && each.verdict() instanceof Verdict.Kept))
                .flatMap(List::stream)
                .anyMatch(each -> each.verdict() instanceof Verdict.Expired);
    }

    /**
     * Plans, and deletes unless it is a dry run.
     *
     * @param judged what the ledger has of the image, by digest
     * @param now by the ledger's clock
     */
    OfImage clean(Wish wish, String image, Map<Digest, List<Judged>> judged, Instant now, ReadAhead read)
            throws InterruptedException {
        if (!isDue(judged) && !wish.dryRun()) {
            return new OfImage(image, "", null, null, "");
        }
        Optional<ImagePlaces.Place> found = places.find(image);
        if (found.isEmpty()) {
            return OfImage.refused(image, "no registry of the configuration has it", null);
        }
        RegistryDriver driver = found.get().driver();
        String repository = found.get().repository();
        try {
            Optional<ReadAhead.Content> ahead = read.of(image);
            Capabilities can = ahead.isPresent() ? ahead.get().can() : driver.capabilities(repository);
            if (!can.mayDelete() && !wish.dryRun()) {
                return OfImage.refused(image, can.hindrance(), null);
            }
            RegistryGraph graph = ahead.isPresent()
                    ? ahead.get().graph()
                    : GraphReader.read(driver, can, repository, judged.keySet());
            Trash trash = retention.undoWindow().isZero()
                    ? Trash.NONE
                    : Trash.of(LocalDate.ofInstant(now, ZoneOffset.UTC), can);
            Plan plan = new Planner(image, graph, judged, wish.keep(), can, trash).plan();
            if (wish.dryRun()) {
                return new OfImage(image, can.hindrance(), plan, null, driver.garbage());
            }
            if (tooMuch(plan) && !wish.yes()) {
                String why = plan.share() + "% of " + image + " would go, and more than "
                        + retention.mostShare()
                        + "% goes only on a person's word: ./fleet prune --dry-run, then"
                        + " ./fleet prune --yes";
                LOG.warn("{}: {}", wish.repository(), why);
                return OfImage.refused(image, why, plan);
            }
            Report report = plan.isEmpty()
                    ? Report.NOTHING
                    : new Deletions(driver, can, repository, plan, marks, ledger, events.of(wish.repository(), image))
                            .run();
            meters.done(plan, report);
            report.incomplete().forEach(what -> LOG.error("{}: {}", image, what));
            return new OfImage(image, "", plan, report, driver.garbage());
        } catch (ClientException | TimeoutException e) {
            return OfImage.refused(image, String.valueOf(e.getMessage()), null);
        }
    }

    private boolean tooMuch(Plan plan) {
        return plan.share() > retention.mostShare() && plan.going() > FEW;
    }
}
