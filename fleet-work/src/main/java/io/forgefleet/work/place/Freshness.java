package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.image.ImageName;
import java.util.ArrayList;
import java.util.List;

/** Whether what the registry has is of the commit that was asked for, by what the image itself says on every platform. */
public final class Freshness {

    private Freshness() {}

    /**
     * Looks at every platform.
     *
     * @throws RunEndedException when one of them is of another commit
     */
    public static void require(Workplace place, ImageName name, Digest digest, CommitId commit)
            throws RunEndedException, ClientException, InterruptedException {
        Manifest pushed = place.registry().get(name.repository(), digest.value());
        List<Manifest> images = new ArrayList<>();
        for (Digest child : pushed.children()) {
            images.add(place.registry().get(name.repository(), child.value()));
        }
        for (Manifest image : images.isEmpty() ? List.of(pushed) : images) {
            String revision =
                    place.registry().labels(name.repository(), image).getOrDefault(ImageLabels.REVISION, "none");
            if (!revision.equals(commit.value())) {
                throw new RunEndedException(
                        Reason.FAILED,
                        name.reference() + "@" + digest + " is of revision " + revision + " and not of " + commit
                                + ": a later label of the Dockerfile may say so; take it out");
            }
        }
    }
}
