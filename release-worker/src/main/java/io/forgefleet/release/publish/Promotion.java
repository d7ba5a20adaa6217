package io.forgefleet.release.publish;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Gives an image of a release its tags in one registry, where it lies by its digest already. The tag of the version never moves; the
 * ones that follow go forward only, each under a claim on its name.
 */
public final class Promotion {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Run run;
    private final CommitId commit;
    private final Workplace place;
    private final ImageName name;
    private final ReleasedImage image;

    public Promotion(Run run, CommitId commit, Workplace place, ImageName name, ReleasedImage image) {
        this.run = run;
        this.commit = commit;
        this.place = place;
        this.name = name;
        this.image = image;
    }

    /**
     * Whether the version is free for this image.
     *
     * @throws RunEndedException when it names other bytes
     */
    public static void requireFree(Workplace place, ImageName name, Version version)
            throws RunEndedException, ClientException, InterruptedException {
        Optional<Digest> there = place.registry().digest(name.repository(), version.toString());
        if (there.isPresent()) {
            throw taken(name, version, there.get());
        }
    }

    /** Gives it the tag of its version. */
    public void tag(Version version)
            throws RunEndedException, ParkedException, ClientException, ClaimLostException, InterruptedException {
        var unused = run.claimAlso(name.tagClaim(version.toString()), PATIENCE);
        Optional<Digest> there = place.registry().digest(name.repository(), version.toString());
        if (there.isPresent() && !there.get().equals(image.digest())) {
            throw taken(name, version, there.get());
        }
        if (there.isEmpty()) {
            run.ensureHeld();
            place.registry().tag(name.repository(), image.digest(), version.toString());
        }
        PushedImage pushed =
                new PushedImage(image.name(), name.reference(), version.toString(), image.digest(), there.isPresent());
        run.pushed(pushed, entry(List.of(version.toString())));
    }

    /** Which image it is, in which registry. */
    public String where() {
        return name.reference();
    }

    /** From now on nobody else moves this tag. */
    public void claim(String floating) throws ParkedException, InterruptedException {
        var unused = run.claimAlso(name.tagClaim(floating), PATIENCE);
    }

    /**
     * Moves a tag to the newest release that it may follow: worked out anew each time, so that a mover that was late, and lost its
     * claim, is put right by its next attempt.
     *
     * @param later other releases that are public, of later versions, as they were read after {@link #claim}: whoever moved the tag
     *     before is among them
     */
    public void follow(String floating, Version version, List<Saga> later)
            throws ClientException, ClaimLostException, InterruptedException {
        Version newest = version;
        Digest right = image.digest();
        for (Saga saga : later) {
            Version other = Version.ofTag(saga.version()).orElse(version);
            Optional<ReleasedImage> same = saga.images().stream()
                    .filter(each -> each.name().equals(image.name()))
                    .findFirst();
            boolean follows = other.floating().contains(floating)
                    && other.compareTo(newest) > 0
                    && same.isPresent()
                    && place.registry()
                            .digest(name.repository(), other.toString())
                            .isPresent();
            if (follows) {
                newest = other;
                right = same.get().digest();
            }
        }
        if (!newest.equals(version)) {
            run.log(name.tagged(floating) + " stays ahead, with " + newest);
        }
        if (!place.registry().digest(name.repository(), floating).equals(Optional.of(right))) {
            run.ensureHeld();
            place.registry().tag(name.repository(), right, floating);
            run.ensureHeld();
        }
        if (right.equals(image.digest())) {
            run.record(entry(List.of(version.toString(), floating)));
        }
    }

    private LedgerEntry entry(List<String> tags) {
        return new LedgerEntry(
                image.digest(),
                run.id(),
                LedgerEntry.Kind.IMAGE,
                name.reference(),
                tags,
                run.subject().repository(),
                commit,
                null,
                TrustClass.PROTECTED,
                Instant.now(),
                run.subject().ref());
    }

    private static RunEndedException taken(ImageName name, Version version, Digest there) {
        return new RunEndedException(
                Reason.FAILED,
                name.tagged(version.toString()) + " is " + there
                        + " already, and no version ever moves to other bytes: release under a new one");
    }
}
