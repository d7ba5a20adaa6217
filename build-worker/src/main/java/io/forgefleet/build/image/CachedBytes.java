package io.forgefleet.build.image;

import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildResult.LayerStep;
import io.forgefleet.clients.engine.BuildResult.LayerSteps;
import io.forgefleet.clients.registry.ImageLayer;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.work.place.Workplace;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layers that builds made: compressed, as the registry has them, without those of base images.
 *
 * @param cached bytes of those whose step was not run
 * @param all bytes of all
 */
public record CachedBytes(long cached, long all) {

    private static final Logger LOG = LoggerFactory.getLogger(CachedBytes.class);

    /**
     * What a build spared, once its images are pushed.
     *
     * @return null where it is not known of every image which step made which layer
     */
    public static @Nullable CachedBytes of(Workplace place, ImageBuild.Done done) throws InterruptedException {
        CachedBytes sum = new CachedBytes(0, 0);
        try {
            for (Map.Entry<Target, List<LayerSteps>> each : done.layers().entrySet()) {
                Optional<CachedBytes> bytes = of(place.registry(), each.getKey(), done, each.getValue());
                if (bytes.isEmpty()) {
                    return null;
                }
                sum = sum.plus(bytes.get());
            }
        } catch (ClientException e) {
            LOG.warn("it is not known how many bytes the caches spared: {}", e.getMessage());
            return null;
        }
        return sum.all == 0 ? null : sum;
    }

    private static Optional<CachedBytes> of(
            Registry registry, Target target, ImageBuild.Done done, List<LayerSteps> told)
            throws ClientException, InterruptedException {
        String repository = target.name().repository();
        Manifest pushed = registry.get(repository, done.image(target).digest().value());
        if (!pushed.isIndex()) {
            return told.size() == 1 ? of(registry.layers(repository, pushed), told.getFirst()) : Optional.empty();
        }
        CachedBytes sum = new CachedBytes(0, 0);
        for (int i = 0; i < pushed.platforms().size(); i++) {
            String platform = pushed.platforms().get(i);
            // steps that run nothing are the same for all platforms, and told of one
            Optional<LayerSteps> steps = told.stream()
                    .filter(each -> told.size() == 1 || each.isOf(platform))
                    .findFirst();
            Manifest image = registry.get(repository, pushed.children().get(i).value());
            Optional<CachedBytes> bytes =
                    steps.isEmpty() ? Optional.empty() : of(registry.layers(repository, image), steps.get());
            if (bytes.isEmpty()) {
                return bytes;
            }
            sum = sum.plus(bytes.get());
        }
        return Optional.of(sum);
    }

    /** From the last layer down, since it is not told how many are of the base. */
    static Optional<CachedBytes> of(List<ImageLayer> layers, LayerSteps told) {
        List<LayerStep> steps = told.steps();
        CachedBytes sum = new CachedBytes(0, 0);
        for (int i = 1; i <= Math.min(layers.size(), steps.size()); i++) {
            ImageLayer layer = layers.get(layers.size() - i);
            LayerStep step = steps.get(steps.size() - i);
            if (!layer.createdBy().startsWith(step.instruction() + " ")) {
                return Optional.empty();
            }
            sum = sum.plus(new CachedBytes(step.cached() ? layer.bytes() : 0, layer.bytes()));
        }
        return Optional.of(sum);
    }

    private CachedBytes plus(CachedBytes other) {
        return new CachedBytes(cached + other.cached, all + other.all);
    }

    /** {@code 1.5 of 12.0 MB}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f of %.1f MB", cached / 1e6, all / 1e6);
    }
}
