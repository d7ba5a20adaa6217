package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.work.place.RunEndedException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The builder of a run. */
public final class BuilderChoice {

    private BuilderChoice() {}

    /** One that takes builds of this class for all platforms of the images. */
    public static Builders.Choice of(Builders builders, TrustClass trust, List<ImageSpec> images)
            throws RunEndedException, InterruptedException {
        Set<String> platforms =
                images.stream().flatMap(image -> image.platforms().stream()).collect(Collectors.toSet());
        return builders.choose(trust, platforms)
                .orElseThrow(() -> new RunEndedException(
                        Reason.SKIPPED,
                        "no builder takes builds of class " + trust.name().toLowerCase(Locale.ROOT)
                                + (platforms.isEmpty() ? "" : " for " + String.join(", ", platforms))
                                + "; one can be added to fleet.yml"));
    }
}
