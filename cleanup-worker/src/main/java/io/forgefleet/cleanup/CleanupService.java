package io.forgefleet.cleanup;

import io.forgefleet.cleanup.api.PruneRoutes;
import io.forgefleet.cleanup.apply.ClaimMarks;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.sweep.Agenda;
import io.forgefleet.cleanup.sweep.Cleaner;
import io.forgefleet.cleanup.sweep.CleanupMeters;
import io.forgefleet.cleanup.sweep.DeletionEvents;
import io.forgefleet.cleanup.sweep.EngineSweep;
import io.forgefleet.cleanup.sweep.ImagePlaces;
import io.forgefleet.cleanup.sweep.Outcome;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleanups at work in this process: all repositories of the ledger now and then, and each that something came of which may
 * have made something else needless. Any number of these may run; one at a time cleans up after a repository.
 */
public final class CleanupService {

    private static final Logger LOG = LoggerFactory.getLogger(CleanupService.class);

    /** More would only wait for the same registry. */
    private static final int AT_ONCE = 4;

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final FleetConfig config;
    private final Claims claims;
    private final RunStates states;
    private final Ends ends;
    private final ForgeTruth forges;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;
    private final Cleaner cleaner;
    private final DeletionEvents events;
    private final EngineSweep engines;
    private final Agenda agenda = new Agenda();
    private final List<Thread> threads = new ArrayList<>();

    private CleanupService(FleetConfig config, KafkaSettings kafka, MeterRegistry meters) throws IOException {
        this.config = config;
        claims = new Claims(kafka, config.intervals().claimTiming());
        states = RunStates.forWorkers(kafka);
        ends = new Ends(kafka, repository -> agenda.ask(repository, Duration.ZERO));
        forges = new ForgeTruth(config, ends);
        ledger = new LedgerTopic(kafka, this::superseding);
        events = new DeletionEvents(kafka);
        guard = new LedgerGuard(kafka, config.dataDirectory().resolve("cleanup/ledger.json"));
        RunsInHand runs = new RunsInHand(states, claims);
        DockerCredentials credentials = DockerCredentials.ofThisProcess();
        engines = new EngineSweep(config, credentials, runs);
        cleaner = new Cleaner(
                config,
                ledger,
                guard,
                ends,
                forges,
                runs,
                new ImagePlaces(config, credentials),
                new ClaimMarks(claims),
                new CleanupMeters(meters),
                events);
        threads.add(Thread.ofVirtual().name("sweeps").start(this::sweep));
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().name("cleanup-" + i).start(this::cleanups));
        }
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

    /** What is new supersedes something, which then has its time yet. */
    private void superseding(RepositoryId repository) {
        Duration shortest = config.retention().pullRequests();
        if (shortest.compareTo(config.retention().branches()) > 0) {
            shortest = config.retention().branches();
        }
        agenda.ask(repository, atLeast(shortest));
    }

    private static Duration atLeast(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }

    private void sweep() {
        try {
            while (true) {
                awaitLedger();
                ledger.repositories().forEach(repository -> agenda.ask(repository, Duration.ZERO));
                engines.sweep();
                Thread.sleep(config.retention().sweep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void cleanups() {
        try {
            awaitLedger();
            while (true) {
                RepositoryId repository = agenda.take();
                try {
                    clean(repository);
                } finally {
                    agenda.done(repository);
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
            Outcome outcome = cleaner.clean(Wish.sweep(repository));
            if (outcome.refusal().isEmpty()) {
                cleaner.next(repository).ifPresent(time -> agenda.ask(repository, atLeast(time)));
            }
        } catch (RuntimeException e) {
            LOG.error("{} could not be cleaned up, the next sweep tries again", repository, e);
        }
    }

    /** Ends what is at work; what it had not come to, the next sweep does. */
    public void stop() throws IOException, InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
        engines.close();
        events.close();
        guard.close();
        ledger.close();
        ends.close();
        forges.close();
        states.close();
        claims.close();
    }
}
