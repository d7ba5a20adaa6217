package io.forgefleet.runtime.work;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A run under its claim, with its journal and log. */
final class LiveRun implements Run {

    private final RunId id;
    private final RunSubject subject;
    private final ForgeEvent event;
    private final @Nullable Job job;
    private final int attempt;
    private final Claim claim;
    private final Claims claims;
    private final RunJournal journal;
    private final RunLog log;
    private final RecordPublisher publisher;
    private final Duration park;
    private final Attempt self;
    private final List<Claim> further = new ArrayList<>();

    LiveRun(
            RunId id,
            RunSubject subject,
            ForgeEvent event,
            @Nullable Job job,
            int attempt,
            Claim claim,
            Claims claims,
            RunJournal journal,
            RunLog log,
            RecordPublisher publisher,
            Duration park,
            Attempt self) {
        this.id = id;
        this.subject = subject;
        this.event = event;
        this.job = job;
        this.attempt = attempt;
        this.claim = claim;
        this.claims = claims;
        this.journal = journal;
        this.log = log;
        this.publisher = publisher;
        this.park = park;
        this.self = self;
    }

    @Override
    public RunId id() {
        return id;
    }

    @Override
    public RunSubject subject() {
        return subject;
    }

    @Override
    public ForgeEvent event() {
        return event;
    }

    @Override
    public boolean rebuild() {
        return job != null && job.rebuild();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public void reached(int done) {
        journal.reached(done);
    }

    @Override
    public Instant startedAt() {
        return journal.startedAt();
    }

    @Override
    public long epoch() {
        return claim.epoch();
    }

    @Override
    public void begin(String step) {
        journal.begin(step);
        log.begin(step);
    }

    @Override
    public void detail(String detail) {
        journal.detail(detail);
    }

    @Override
    public void log(String line) {
        log.add(line);
    }

    @Override
    public void beyondRecall() throws InterruptedException {
        self.beyondRecall();
    }

    @Override
    public void ensureHeld() throws ClaimLostException, InterruptedException {
        claim.ensureHeld();
        List<Claim> others;
        synchronized (further) {
            others = List.copyOf(further);
        }
        for (Claim other : others) {
            try {
                other.ensureHeld();
            } catch (ClaimLostException e) {
                if (has(other)) {
                    throw e;
                } // else given up meanwhile, by another thread of this run
            }
        }
    }

    private boolean has(Claim claim) {
        synchronized (further) {
            return further.contains(claim);
        }
    }

    @Override
    public Claim claimAlso(String key) throws ParkedException, InterruptedException {
        return claimAlso(key, Duration.ZERO);
    }

    @Override
    public Claim claimAlso(String key, Duration patience) throws ParkedException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            switch (claims.acquire(key, claim.job())) {
                case Acquisition.Held held -> {
                    held.claim().onLost(Thread.currentThread()::interrupt);
                    synchronized (further) {
                        further.add(held.claim());
                    }
                    return held.claim();
                }
                case Acquisition.Elsewhere elsewhere -> {
                    if (!claims.awaitFree(key, Duration.ofNanos(deadline - System.nanoTime()))) {
                        throw new ParkedException(park, "another run works on " + key + " (" + elsewhere.job() + ")");
                    }
                }
            }
        }
    }

    @Override
    public <T> T holding(Collection<String> keys, Duration patience, Callable<T> act) throws Exception {
        List<Claim> taken = new ArrayList<>();
        try {
            for (String key : new TreeSet<>(keys)) { // in one order, so that no two wait for each other
                if (!claimed(key)) {
                    taken.add(claimAlso(key, patience));
                }
            }
            return act.call();
        } finally {
            synchronized (further) {
                further.removeAll(taken);
            }
            taken.forEach(Claim::release);
        }
    }

    private boolean claimed(String key) {
        synchronized (further) {
            return further.stream().anyMatch(claim -> claim.key().equals(key));
        }
    }

    @Override
    public void pushed(PushedImage image, LedgerEntry entry) throws InterruptedException {
        record(entry);
        journal.pushed(image);
    }

    @Override
    public void record(LedgerEntry entry) throws InterruptedException {
        publisher.publishDurably(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry));
    }

    @Override
    public List<PushedImage> given() {
        return job == null ? List.of() : job.images();
    }

    @Override
    public List<Attachment> givenFiles() {
        return job == null ? List.of() : job.attachments();
    }

    @Override
    public void attached(Attachment attachment) {
        journal.attached(attachment);
    }

    @Override
    public void kept(ImageTar tar) {
        journal.kept(tar);
    }

    @Override
    public RunId leave(WorkerKind kind, String target, List<PushedImage> images, List<Attachment> files)
            throws InterruptedException {
        Job left = Job.follow(id, kind, target, event, images, files, Instant.now());
        String repository = subject.repository().toString();
        publisher.publishDurably(Topic.JOBS, repository, repository, Json.write(left));
        return left.run();
    }

    void releaseFurther() {
        synchronized (further) {
            further.forEach(Claim::release);
            further.clear();
        }
    }
}
