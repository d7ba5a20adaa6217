package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.image.ImageTags;
import io.forgefleet.work.image.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Moves {@code latest} along the default branch, never back. It names the newest commit of the branch that has an image:
 * that is worked out anew each time, so that a mover that was late, and lost its claim, is put right by its next attempt.
 */
public final class LatestTag {

    private static final int MOST_NEWER = 100;
    private static final int SHORTEST = 7;
    private static final int CLAIM_TRIES = 40;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(250);

    private final Run run;
    private final Workplace place;
    private final Source.Branch branch;
    private final CommitId commit;
    private final Eligible eligible;

    /** Whether an image of the branch may be the latest one. */
    @FunctionalInterface
    public interface Eligible {
        boolean test(Digest digest) throws ClientException, InterruptedException;
    }

    public LatestTag(Run run, Workplace place, Source.Branch branch, CommitId commit, Eligible eligible) {
        this.eligible = eligible;
        this.run = run;
        this.place = place;
        this.branch = branch;
        this.commit = commit;
    }

    private record Image(CommitId commit, Digest digest) {}

    /**
     * Moves the tag where it may move.
     *
     * @param digest what this run's commit is, in the registry already
     * @return whether it names that now
     */
    public boolean advance(ImageName name, Digest digest)
            throws IOException, ClientException, ParkedException, ClaimLostException, InterruptedException {
        claim(name);
        Optional<CommitId> head = place.mirror().fetch(branch.name().value(), commit);
        Image right = right(name, new Image(commit, digest), head);
        Optional<Manifest> present = place.manifest(name, ImageTags.LATEST);
        if (present.isPresent()) {
            if (present.get().digest().equals(right.digest())) {
                return right.digest().equals(digest);
            }
            if (!mayMove(present.get(), right, head)) {
                run.log(name.tagged(ImageTags.LATEST) + " stays where it is: it is ahead of " + right.commit());
                return false;
            }
        }
        run.ensureHeld();
        place.registry().tag(name.repository(), right.digest(), ImageTags.LATEST);
        // whoever lost the claim meanwhile may have moved it back: the next attempt takes it anew and sets it right
        run.ensureHeld();
        return right.digest().equals(digest);
    }

    /** Others move it within milliseconds, so waiting beats parking. */
    private void claim(ImageName name) throws ParkedException, InterruptedException {
        for (int i = 1; ; i++) {
            try {
                var unused = run.claimAlso(name.tagClaim(ImageTags.LATEST));
                return;
            } catch (ParkedException e) {
                if (i == CLAIM_TRIES) {
                    throw e;
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private Image right(ImageName name, Image ours, Optional<CommitId> head)
            throws ClientException, InterruptedException {
        if (head.isEmpty() || head.get().equals(commit) || !place.mirror().isAncestor(commit, head.get())) {
            return ours;
        }
        for (CommitId newer : place.mirror().after(commit, head.get(), MOST_NEWER)) {
            Optional<Manifest> image = place.manifest(name, branch.tags().tag(newer, SHORTEST, 1));
            if (image.isPresent()
                    && ImageLabels.fits(image.get().annotations(), newer, TrustClass.PROTECTED)
                    && eligible.test(image.get().digest())) {
                return new Image(newer, image.get().digest());
            }
        }
        return ours;
    }

    /** Forward in commit order; after a forced push, from what the branch does not hold any more to what it does. */
    private boolean mayMove(Manifest present, Image to, Optional<CommitId> head)
            throws ClientException, InterruptedException {
        Optional<CommitId> from = revision(present);
        if (from.isEmpty() || from.get().equals(to.commit())) {
            return true;
        }
        boolean known = place.mirror().holds(from.get());
        if (known && place.mirror().isAncestor(from.get(), to.commit())) {
            return true;
        }
        return head.isPresent()
                && place.mirror().isAncestor(to.commit(), head.get())
                && !(known && place.mirror().isAncestor(from.get(), head.get()));
    }

    private static Optional<CommitId> revision(Manifest manifest) {
        String revision = manifest.annotations().getOrDefault(ImageLabels.REVISION, "");
        try {
            return Optional.of(new CommitId(revision));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // nothing of ours
        }
    }
}
