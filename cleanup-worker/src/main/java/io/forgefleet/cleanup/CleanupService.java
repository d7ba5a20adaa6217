package io.forgefleet.cleanup;

import io.forgefleet.cleanup.api.PruneRoutes;
import io.forgefleet.cleanup.apply.ClaimMarks;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.sweep.Cleaner;
import io.forgefleet.cleanup.sweep.CleanupMeters;
import io.forgefleet.cleanup.sweep.ImagePlaces;
import io.forgefleet.cleanup.sweep.RunsInHand;
import io.forgefleet.cleanup.sweep.Wish;
import io.forgefleet.cleanup.truth.Ends;
import io.forgefleet.cleanup.truth.ForgeTruth;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleanups at work in this process: all repositories of the ledger now and then, and each that something came of which may
 * have made something else needless. Any number of these may run; one at a time cleans up after a repository.
 */
public final class CleanupService {

    private static final Logger LOG = LoggerFactory.getLogger(CleanupService.class);
    private static final int MOST_WAITING = 10_000;

    private final FleetConfig config;
    private final Claims claims;
    private final RunStates states;
    private final Ends ends;
    private final ForgeTruth forges;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;
    private final Cleaner cleaner;
    private final BlockingQueue<RepositoryId> asked = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Thread sweeping;

    private CleanupService(FleetConfig config, KafkaSettings kafka, MeterRegistry meters) throws IOException {
        this.config = config;
        claims = new Claims(kafka, config.intervals().claimTiming());
        states = RunStates.forWorkers(kafka);
        ends = new Ends(kafka, this::ask);
        forges = new ForgeTruth(config, ends);
        ledger = new LedgerTopic(kafka);
        guard = new LedgerGuard(kafka, config.dataDirectory().resolve("cleanup/ledger.json"));
        cleaner = new Cleaner(
                config,
                ledger,
                guard,
                ends,
                forges,
                new RunsInHand(states, claims),
                new ImagePlaces(config, DockerCredentials.ofThisProcess()),
                new ClaimMarks(claims),
                new CleanupMeters(meters));
        sweeping = Thread.ofVirtual().name("cleanups").start(this::sweep);
    }

    /**
     * Starts as a part of a process. The topics have to be there.
     *
     * @throws IOException when the data directory cannot be used
     */
    public static CleanupService start(Service service, KafkaSettings kafka) throws IOException {
        CleanupService cleanups =
                start(service.config(), kafka, service.meters().registry());
        new PruneRoutes(cleanups.cleaner, cleanups.ledger, cleanups.guard)
                .add(service.management().router());
        service.readiness().add("cleanups", cleanups::missing);
        service.onStop(StopStage.DRAIN, "cleanups", left -> cleanups.stop());
        return cleanups;
    }

    /** As above, without the routes for people. */
    public static CleanupService start(FleetConfig config, KafkaSettings kafka, MeterRegistry meters)
            throws IOException {
        return new CleanupService(config, kafka, meters);
    }

    /** For whoever wants a cleanup now. */
    public Cleaner cleaner() {
        return cleaner;
    }

    /** What keeps it from working, for people; empty when nothing does. Quick. */
    public String missing() {
        return claims.currentSince() == null || states.currentSince() == null ? "Kafka cannot be read" : "";
    }

    private void ask(RepositoryId repository) {
        if (!asked.contains(repository) && !asked.offer(repository)) {
            LOG.debug("{} waits for the next sweep: too many wait already", repository);
        }
    }

    private void sweep() {
        try {
            while (true) {
                awaitLedger();
                long next = System.nanoTime() + config.retention().sweep().toNanos();
                for (RepositoryId repository : ledger.repositories()) {
                    clean(repository);
                }
                for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                    RepositoryId repository = asked.poll(left, TimeUnit.NANOSECONDS);
                    if (repository != null) {
                        clean(repository);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitLedger() throws InterruptedException {
        while (true) {
            try {
                var unused = ledger.catchUp();
                return;
            } catch (TimeoutException e) {
                LOG.warn("cleanups wait: {}", e.getMessage());
            }
        }
    }

    private void clean(RepositoryId repository) throws InterruptedException {
        try {
            cleaner.clean(Wish.sweep(repository));
        } catch (RuntimeException e) {
            LOG.error("{} could not be cleaned up, the next sweep tries again", repository, e);
        }
    }

    /** Ends what is at work; what it had not come to, the next sweep does. */
    public void stop() throws IOException, InterruptedException {
        sweeping.interrupt();
        sweeping.join();
        guard.close();
        ledger.close();
        ends.close();
        forges.close();
        states.close();
        claims.close();
    }
}
