package io.forgefleet.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.engine.BuildResult.LayerStep;
import io.forgefleet.clients.engine.BuildResult.LayerSteps;
import io.forgefleet.clients.registry.ImageLayer;
import io.forgefleet.events.image.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedBytesTest {

    private static final Digest DIGEST = new Digest("sha256:" + "a".repeat(64));

    private static ImageLayer layer(long bytes, String createdBy) {
        return new ImageLayer(DIGEST, bytes, createdBy);
    }

    private static final LayerSteps COPY_AND_RUN =
            new LayerSteps("", List.of(new LayerStep("COPY", true), new LayerStep("RUN", false)));

    @Test
    void layersOfTheBaseCountForNothing() {
        List<ImageLayer> layers = List.of(
                layer(1000, "RUN /bin/sh -c base # buildkit"),
                layer(70, "COPY a /a # buildkit"),
                layer(5, "RUN |1 X=y /bin/sh -c make # buildkit"));
        assertThat(CachedBytes.of(layers, COPY_AND_RUN)).contains(new CachedBytes(70, 75));
    }

    @Test
    void stepsOfAStageThatAnEmptyImageCopiesFromMadeNoneOfItsLayers() {
        assertThat(CachedBytes.of(List.of(layer(5, "RUN make # buildkit")), COPY_AND_RUN))
                .contains(new CachedBytes(0, 5));
    }

    @Test
    void layersThatOtherStepsMadeGiveNoFigure() {
        List<ImageLayer> layers = List.of(layer(70, "ADD a /a # buildkit"), layer(5, "RUN make # buildkit"));
        assertThat(CachedBytes.of(layers, COPY_AND_RUN)).isEmpty();
        assertThat(CachedBytes.of(List.of(layer(70, ""), layer(5, "")), COPY_AND_RUN))
                .as("an image whose history says nothing")
                .isEmpty();
    }

    @Test
    void isReadInMegabytes() {
        assertThat(new CachedBytes(38_140_000, 41_000_000)).hasToString("38.1 of 41.0 MB");
    }
}
