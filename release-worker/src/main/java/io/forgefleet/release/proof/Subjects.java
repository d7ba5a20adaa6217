package io.forgefleet.release.proof;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.job.RunId;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.work.evidence.statement.Provenance;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Workplace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What is proved something about, and what is needed for it.
 *
 * @param places where the images are to be public
 * @param names of each image in each of these
 * @param title for people: {@code team/app 1.2.3}
 * @param ref full name of the tag or branch
 * @param images none of which has a tag yet
 * @param artifacts files that are released
 * @param pinned containers that commands ran in, where the source names them by digest
 * @param parameters that decided about the outcome
 */
public record Subjects(
        Workplace place,
        List<Workplace> places,
        Map<Workplace, Map<String, ImageName>> names,
        SagaStore store,
        Policy policy,
        List<Waiver> waivers,
        String title,
        String ref,
        CommitId commit,
        EventId event,
        RunId run,
        Instant begun,
        List<ReleasedImage> images,
        List<KeptFile> artifacts,
        List<Provenance.Dependency> pinned,
        Map<String, String> parameters) {

    /** How an image is called in a registry. */
    public ImageName name(Workplace in, ReleasedImage image) {
        return Objects.requireNonNull(
                Objects.requireNonNull(names.get(in), "a place of the release").get(image.name()), "an image of it");
    }

    /** Where images are built. */
    ImageName source(ReleasedImage image) {
        return name(place, image);
    }

    /** What went into them beside the source, as far as it is known by digest. */
    List<Provenance.Dependency> dependencies() {
        return Stream.concat(
                        pinned.stream(),
                        images.stream().flatMap(image -> image.bases().stream()).map(Provenance.Dependency::ofImage))
                .distinct()
                .toList();
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (ReleasedImage image : images) {
            image.platforms().forEach(platform -> parts.add(new Part.OfImage(image, platform)));
        }
        artifacts.forEach(file -> parts.add(new Part.OfFile(file)));
        return parts;
    }

    /** Every registry that an image has to be in, the one where it was built among them. */
    public List<Workplace> everywhere() {
        return Stream.concat(Stream.of(place), places.stream()).distinct().toList();
    }
}
