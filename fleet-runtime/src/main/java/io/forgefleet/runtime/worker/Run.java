package io.forgefleet.runtime.worker;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/** One attempt of a run, as its worker sees it. The lease and the claim are kept alive behind it. Thread-safe. */
public interface Run {

    RunId id();

    RunSubject subject();

    ForgeEvent event();

    /** Whether to build anew what is there already, under a tag of its own. */
    boolean rebuild();

    /** From 1. */
    int attempt();

    /**
     * Says how much is done for good, whoever goes on: attempts, and workers that died, are counted anew when it is more than ever
     * before.
     *
     * @param done in the worker's own count, from 0
     */
    void reached(int done);

    /** When its first attempt began, waits and other workers' attempts included; clock of whoever began. */
    Instant startedAt();

    /** Epoch of the run's claim. */
    long epoch();

    /** Begins a step that people see, and ends the one before. */
    void begin(String step);

    /** Says in a few words what came of the current step. */
    void detail(String detail);

    /** Adds a line to the run's log; never one with a secret in it. */
    void log(String line);

    /**
     * From now on the run is not {@linkplain Cancellation cancelled} any more, whatever happens on its forge: its side effects
     * begin, and half of them would be worse than all.
     *
     * @throws InterruptedException when it was cancelled before
     */
    void beyondRecall() throws InterruptedException;

    /**
     * To be called right before each side effect; see {@link Claim#ensureHeld}. Claims taken by {@link #claimAlso} are
     * ensured as well.
     */
    void ensureHeld() throws ClaimLostException, InterruptedException;

    /**
     * Claims a further key, such as a tag, until the attempt ends.
     *
     * @throws ParkedException when another run has it
     */
    Claim claimAlso(String key) throws ParkedException, InterruptedException;

    /**
     * As {@link #claimAlso(String)}, after waiting for another run to be done with it.
     *
     * @param patience a short time: the run keeps its slot meanwhile
     */
    Claim claimAlso(String key, Duration patience) throws ParkedException, InterruptedException;

    /**
     * Does something about what others may take away at any moment, such as a digest that is there already: with its keys claimed,
     * which are given up after it. Keys that this run has stay its own.
     *
     * @param patience how long others who have one of them are waited for
     * @throws ParkedException when somebody still has one of them then
     * @throws Exception what the act throws
     */
    <T> T holding(Collection<String> keys, Duration patience, Callable<T> act) throws Exception;

    /**
     * Tells of an image that is in the registry now; returns when the ledger has it.
     *
     * @param entry the ledger's entry for it
     */
    void pushed(PushedImage image, LedgerEntry entry) throws InterruptedException;

    /** Enters a digest in the ledger that is no image of the run, such as a cache; returns when it is durable. */
    void record(LedgerEntry entry) throws InterruptedException;

    /** The images that another run left to this one to work on; none where an event asks. */
    List<PushedImage> given();

    /** The files that another run left to this one, likewise. */
    List<Attachment> givenFiles();

    /** Tells of a file that is in the registry now. */
    void attached(Attachment attachment);

    /** Tells of an image that is kept as a file; of a newer one with the same name in its place. */
    void kept(ImageTar tar);

    /**
     * Leaves something to another run, of this kind or another; returns when that is durable. It is one run, however often it is
     * told.
     *
     * @param target what is to be made
     * @return the run that does it
     */
    RunId leave(WorkerKind kind, String target, List<PushedImage> images, List<Attachment> files)
            throws InterruptedException;
}
