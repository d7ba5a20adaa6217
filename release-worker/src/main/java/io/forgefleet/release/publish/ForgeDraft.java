package io.forgefleet.release.publish;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.release.PreparedRelease;
import io.forgefleet.clients.forge.release.PublishedRelease;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseNotes;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.clients.git.CommitSubject;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.plan.Plan;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The release on the forge: a draft with everything, until its images are public. */
public final class ForgeDraft {

    private static final int MOST_EARLIER = 200;

    private final Plan plan;
    private final Saga saga;
    private final SagaStore store;
    private final Forge forge;

    public ForgeDraft(Plan plan, Saga saga, SagaStore store) throws RunEndedException {
        this.plan = plan;
        this.saga = saga;
        this.store = store;
        this.forge = forge(plan.place());
    }

    /** The forge, which a release cannot be without. */
    public static Forge forge(Workplace place) throws RunEndedException {
        Forge api = place.api();
        if (api == null) {
            throw new RunEndedException(
                    Reason.FAILED,
                    "the forge " + place.forge().name() + " has no token in fleet.yml, and a release needs one that may"
                            + " write releases");
        }
        return api;
    }

    /** Has the forge hold it. */
    public PreparedRelease prepare() throws IOException, ClientException, InterruptedException {
        return forge.releases().prepare(plan.place().repository(), of(false));
    }

    /**
     * Lets everybody see it.
     *
     * @param latest whether no later version is public
     */
    public PreparedRelease publish(boolean latest) throws IOException, ClientException, InterruptedException {
        return forge.releases().publish(plan.place().repository(), of(latest));
    }

    private ReleasePlan of(boolean latest) throws IOException, ClientException, InterruptedException {
        List<ReleaseAsset> assets = new ArrayList<>();
        for (KeptFile file : saga.files()) {
            if (file.isAsset() && file.size() > 0) {
                assets.add(new ReleaseAsset(
                        ReleaseAsset.portable(file.name()),
                        store.fetch(file),
                        file.size(),
                        file.digest(),
                        file.mediaType()));
            }
        }
        return new ReleasePlan(
                saga.tag(),
                plan.commit(),
                plan.version().toString(),
                notes(assets),
                plan.version().isPrerelease(),
                latest,
                saga.run(),
                assets);
    }

    private String notes(List<ReleaseAsset> assets) throws IOException, ClientException, InterruptedException {
        Optional<String> previous = previous();
        List<CommitSubject> changes = changes(previous);
        List<ReleaseNotes.Image> images = new ArrayList<>();
        List<String> verify = new ArrayList<>();
        for (Workplace place : plan.places()) {
            for (ReleasedImage image : saga.images()) {
                ImageName name = plan.name(place, image.name());
                images.add(new ReleaseNotes.Image(name.tagged(saga.version()), image.digest()));
                verify.add("cosign verify --key cosign.pub --insecure-ignore-tlog=true " + name.reference() + "@"
                        + image.digest());
            }
        }
        verify.add("fleet verify --key cosign.pub evidence.tar");
        return new ReleaseNotes(previous, changes, images, assets, verify).markdown();
    }

    private Optional<String> previous() throws ClientException, InterruptedException {
        return forge.releases().published(plan.place().repository(), MOST_EARLIER).stream()
                .map(PublishedRelease::tag)
                .filter(tag -> Version.ofTag(tag)
                        .filter(version -> version.compareTo(plan.version()) < 0)
                        .isPresent())
                .max(Comparator.comparing(tag -> Version.ofTag(tag).orElseThrow()));
    }

    private List<CommitSubject> changes(Optional<String> previous)
            throws IOException, ClientException, InterruptedException {
        Optional<CommitId> from = Optional.empty();
        if (previous.isPresent()) {
            String ref = RefName.tag(previous.get()).value();
            from = plan.place().mirror().head(ref);
            if (from.isPresent()) {
                var unused = plan.place().mirror().fetch(ref, from.get());
            }
        }
        return plan.place().mirror().subjects(from, plan.commit(), ReleaseNotes.MOST_CHANGES + 1);
    }
}
