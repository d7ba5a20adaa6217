package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builder;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.image.ImageTags;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the tag of an image: the one that the commit has already, or a free one. No tag that is taken ever moves. */
public final class TagSearch {

    private static final int SHORTEST = 7;
    private static final int MOST_REBUILDS = 99;

    /**
     * The tag of an image; this run holds the claim on it.
     *
     * @param present what it names in the registry; null when it is to be built
     * @param inputs hash that it is named by; null where it is named by its commit
     */
    public record Target(
            ImageSpec spec,
            ImageName name,
            String tag,
            @Nullable Digest present,
            @Nullable String inputs) {

        Target(ImageSpec spec, ImageName name, String tag, @Nullable Digest present) {
            this(spec, name, tag, present, null);
        }

        public String tagged() {
            return name.tagged(tag);
        }

        /** The image of this digest under the tag. */
        Builder.Product product(Workplace place, Digest digest, List<String> bases) {
            return new Builder.Product(name.reference(), place.registry(), name.repository(), tag, digest, bases);
        }
    }

    private final Run run;
    private final Workplace place;
    private final ImageTags tags;
    private final TrustClass trust;
    private final CommitId commit;
    private final int among;

    /** @param among how many images the repository has */
    TagSearch(Run run, Workplace place, Source source, CommitId commit, int among) {
        this.among = among;
        this.run = run;
        this.place = place;
        this.tags = source.tags();
        this.trust = source.trust();
        this.commit = commit;
    }

    /**
     * Searches.
     *
     * @throws ParkedException while another run works on the tag
     */
    Target find(ImageSpec spec, ImageName name)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        return run.rebuild() ? forRebuild(spec, name) : forCommit(spec, name);
    }

    private Target forCommit(ImageSpec spec, ImageName name)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        for (int digits = SHORTEST; digits <= commit.value().length(); digits++) {
            String tag = tags.tag(commit, digits, 1);
            Optional<Manifest> present = claimed(name, tag);
            boolean ours = present.isPresent()
                    && ImageLabels.fits(present.get().annotations(), commit, trust)
                    && place.registry().isWhole(name.repository(), present.get());
            Optional<Digest> fits = ours ? present.map(Manifest::digest) : Optional.empty();
            if ((present.isEmpty() || fits.isPresent()) && freeElsewhere(spec, tag, fits)) {
                return new Target(spec, name, tag, fits.orElse(null));
            }
            run.log(
                    name.tagged(tag)
                            + " is another commit's, or of a build that this one may not trust, or lacks a part: the tag grows");
        }
        throw new RunEndedException(
                Reason.FAILED,
                "every tag for this commit is taken by something else; remove it from " + name.reference());
    }

    private Target forRebuild(ImageSpec spec, ImageName name)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        for (int build = 2; build <= MOST_REBUILDS; build++) {
            String tag = tags.tag(commit, SHORTEST, build);
            Optional<Manifest> present = claimed(name, tag);
            if (present.isEmpty() && freeElsewhere(spec, tag, Optional.empty())) {
                return new Target(spec, name, tag, null);
            }
            if (present.isEmpty()) {
                continue;
            }
            Map<String, String> annotations = present.get().annotations();
            if (run.id().value().equals(annotations.get(ImageLabels.RUN))) {
                return new Target(spec, name, tag, present.get().digest());
            }
        }
        throw new RunEndedException(Reason.FAILED, name.reference() + " has too many rebuilds of this commit");
    }

    private Optional<Manifest> claimed(ImageName name, String tag)
            throws ParkedException, ClientException, InterruptedException {
        return claimed(place, name, tag);
    }

    private Optional<Manifest> claimed(Workplace where, ImageName name, String tag)
            throws ParkedException, ClientException, InterruptedException {
        var unused = run.claimAlso(name.tagClaim(tag));
        return where.manifest(name, tag);
    }

    /** Whether the tag names nothing else in the registries that get copies. */
    private boolean freeElsewhere(ImageSpec spec, String tag, Optional<Digest> digest)
            throws ParkedException, ClientException, InterruptedException {
        for (Workplace copy : place.copies()) {
            Optional<Manifest> there = claimed(copy, copy.name(spec, among), tag);
            if (there.isPresent() && !there.map(Manifest::digest).equals(digest)) {
                return false;
            }
        }
        return true;
    }
}
