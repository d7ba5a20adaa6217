package io.forgefleet.runtime.work;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.image.LedgerEntry;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One attempt of a run, as its worker sees it. The lease and the claim are kept alive behind it. Thread-safe. */
public final class Run {

    private final RunId id;
    private final RunSubject subject;
    private final ForgeEvent event;
    private final boolean rebuild;
    private final int attempt;
    private final Claim claim;
    private final Claims claims;
    private final RunJournal journal;
    private final RunLog log;
    private final RecordPublisher publisher;
    private final Duration park;
    private final List<Claim> further = new ArrayList<>();

    Run(
            RunId id,
            RunSubject subject,
            ForgeEvent event,
            boolean rebuild,
            int attempt,
            Claim claim,
            Claims claims,
            RunJournal journal,
            RunLog log,
            RecordPublisher publisher,
            Duration park) {
        this.id = id;
        this.subject = subject;
        this.event = event;
        this.rebuild = rebuild;
        this.attempt = attempt;
        this.claim = claim;
        this.claims = claims;
        this.journal = journal;
        this.log = log;
        this.publisher = publisher;
        this.park = park;
    }

    public RunId id() {
        return id;
    }

    public RunSubject subject() {
        return subject;
    }

    public ForgeEvent event() {
        return event;
    }

    /** Whether to build anew what is there already, under a tag of its own. */
    public boolean rebuild() {
        return rebuild;
    }

    /** From 1. */
    public int attempt() {
        return attempt;
    }

    /** Epoch of the run's claim. */
    public long epoch() {
        return claim.epoch();
    }

    /** Begins a step that people see, and ends the one before. */
    public void begin(String step) {
        journal.begin(step);
        log.begin(step);
    }

    /** Says in a few words what came of the current step. */
    public void detail(String detail) {
        journal.detail(detail);
    }

    /** Adds a line to the run's log; never one with a secret in it. */
    public void log(String line) {
        log.add(line);
    }

    /**
     * To be called right before each side effect; see {@link Claim#ensureHeld}. Claims taken by {@link #claimAlso} are
     * ensured as well.
     */
    public void ensureHeld() throws ClaimLostException, InterruptedException {
        claim.ensureHeld();
        List<Claim> others;
        synchronized (further) {
            others = List.copyOf(further);
        }
        for (Claim other : others) {
            other.ensureHeld();
        }
    }

    /**
     * Claims a further key, such as a tag, until the attempt ends.
     *
     * @throws ParkedException when another run has it
     */
    public Claim claimAlso(String key) throws ParkedException, InterruptedException {
        return switch (claims.acquire(key, claim.job())) {
            case Acquisition.Held held -> {
                held.claim().onLost(Thread.currentThread()::interrupt);
                synchronized (further) {
                    further.add(held.claim());
                }
                yield held.claim();
            }
            case Acquisition.Elsewhere elsewhere ->
                throw new ParkedException(park, "another run works on " + key + " (" + elsewhere.job() + ")");
        };
    }

    /**
     * Tells of an image that is in the registry now; returns when the ledger has it.
     *
     * @param entry the ledger's entry for it
     */
    public void pushed(PushedImage image, LedgerEntry entry) throws InterruptedException {
        record(entry);
        journal.pushed(image);
    }

    /** Enters a digest in the ledger that is no image of the run, such as a cache; returns when it is durable. */
    public void record(LedgerEntry entry) throws InterruptedException {
        publisher.publishDurably(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry));
    }

    void releaseFurther() {
        synchronized (further) {
            further.forEach(Claim::release);
            further.clear();
        }
    }
}
