package io.forgefleet.build.ciimage;

import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the image of some inputs, or the free tag for it. What is there is taken without a claim, so that branches need not
 * wait for each other; what is not there is claimed, and looked at again, before it is built.
 */
public final class CiImageSearch {

    private static final int MOST_REBUILDS = 99;

    /** A CI image never has the repository's own name. */
    static final int AMONG_OTHERS = 2;

    private static final List<TrustClass> HIGHEST_FIRST =
            List.of(TrustClass.values()).reversed();

    private final Run run;
    private final Workplace place;
    private final TrustClass trust;

    CiImageSearch(Run run, Workplace place, TrustClass trust) {
        this.run = run;
        this.place = place;
        this.trust = trust;
    }

    /**
     * Searches.
     *
     * @throws ParkedException when another run builds it just now
     */
    Target find(ImageSpec spec, ImageName name, Inputs inputs)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        if (run.rebuild()) {
            return forRebuild(spec, name, inputs);
        }
        Optional<Target> there = there(place, trust, spec, name, inputs);
        if (there.isPresent()) {
            return there.get();
        }
        for (int digits = Inputs.SHORTEST; digits <= inputs.hash().length(); digits++) {
            String tag = inputs.tag(trust, digits, 1);
            Optional<Manifest> taken = claimed(name, tag);
            if (taken.isEmpty()) {
                return target(spec, name, tag, inputs, null);
            }
            if (ImageLabels.fits(taken.get().annotations(), inputs.hash(), trust)) {
                return target(spec, name, tag, inputs, taken.get());
            }
            run.log(name.tagged(tag) + " is of other inputs, or of a build that this one may not trust: the tag grows");
        }
        throw new RunEndedException(
                Reason.FAILED,
                "every tag for these inputs is taken by something else; remove it from " + name.reference());
    }

    /**
     * The image of a commit's inputs, if a build that may be trusted has made it.
     *
     * @param trust class of whoever wants to use it
     * @throws RunEndedException when the commit has not what the image is declared to be built from
     */
    public static Optional<Target> there(Workplace place, TrustClass trust, CommitId commit, CiImageSpec image)
            throws RunEndedException, ClientException, InterruptedException {
        return there(
                place, trust, image.image(), place.name(image.image(), AMONG_OTHERS), Inputs.of(place, commit, image));
    }

    /** By the highest class first, each class's newest rebuild. */
    private static Optional<Target> there(
            Workplace place, TrustClass trust, ImageSpec spec, ImageName name, Inputs inputs)
            throws ClientException, InterruptedException {
        for (TrustClass builtBy : HIGHEST_FIRST) {
            if (builtBy.compareTo(trust) < 0) {
                break;
            }
            Target found = null;
            for (int build = 1; build <= MOST_REBUILDS; build++) {
                String tag = inputs.tag(builtBy, Inputs.SHORTEST, build);
                Manifest manifest = place.manifest(name, tag).orElse(null);
                if (manifest == null || !ImageLabels.fits(manifest.annotations(), inputs.hash(), trust)) {
                    break;
                }
                found = target(spec, name, tag, inputs, manifest);
            }
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private Target forRebuild(ImageSpec spec, ImageName name, Inputs inputs)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        for (int build = 2; build <= MOST_REBUILDS; build++) {
            String tag = inputs.tag(trust, Inputs.SHORTEST, build);
            Optional<Manifest> present = claimed(name, tag);
            if (present.isEmpty()) {
                return target(spec, name, tag, inputs, null);
            }
            if (run.id().value().equals(present.get().annotations().get(ImageLabels.RUN))) {
                return target(spec, name, tag, inputs, present.get());
            }
        }
        throw new RunEndedException(Reason.FAILED, name.reference() + " has too many rebuilds of these inputs");
    }

    private static Target target(ImageSpec spec, ImageName name, String tag, Inputs inputs, @Nullable Manifest there) {
        return new Target(spec, name, tag, there == null ? null : there.digest(), inputs.hash());
    }

    private Optional<Manifest> claimed(ImageName name, String tag)
            throws ParkedException, ClientException, InterruptedException {
        var unused = run.claimAlso(name.tagClaim(tag));
        return place.manifest(name, tag);
    }
}
