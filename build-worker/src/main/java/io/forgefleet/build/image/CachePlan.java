package io.forgefleet.build.image;

import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.clients.ClientException;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which caches a build reads and writes: of those that it may, the ones that are there, and the ones that are worth it. The
 * content's caches of one image warm its sisters too, which often begin with the same steps.
 */
public final class CachePlan {

    /** A tag beside an image. */
    private record Place(ImageName image, String tag) {}

    private final CacheRefs refs;
    private final List<ImageName> images;
    private final Map<Place, Boolean> there;

    private CachePlan(CacheRefs refs, List<ImageName> images, Map<Place, Boolean> there) {
        this.refs = refs;
        this.images = images;
        this.there = there;
    }

    /** Asks the registry, for all at once. A cache that cannot be asked for is one that is not there. */
    public static CachePlan of(Workplace place, CacheRefs refs, List<ImageName> images) throws InterruptedException {
        Map<Place, SideTask<Boolean>> asked = new LinkedHashMap<>();
        for (ImageName image : images) {
            Stream.concat(refs.scopes().stream(), refs.contents().stream())
                    .map(tag -> new Place(image, tag))
                    .forEach(at -> asked.computeIfAbsent(
                            at,
                            key -> new SideTask<>(() -> place.registry()
                                    .digest(key.image().repository(), key.tag())
                                    .isPresent())));
        }
        Map<Place, Boolean> there = new LinkedHashMap<>();
        try {
            for (Map.Entry<Place, SideTask<Boolean>> each : asked.entrySet()) {
                there.put(each.getKey(), answer(each.getValue()));
            }
        } finally {
            asked.values().forEach(SideTask::end);
        }
        return new CachePlan(refs, images, there);
    }

    private static boolean answer(SideTask<Boolean> asked) throws InterruptedException {
        try {
            return asked.await();
        } catch (ClientException | IOException e) {
            return false; // the build says so as well if the registry is away for it
        }
    }

    /** References to read, the best first. */
    List<String> reads(Target target) {
        List<String> reads = new ArrayList<>();
        for (String tag : refs.scopes()) {
            add(reads, target.name(), tag);
        }
        for (String tag : refs.contents()) {
            add(reads, target.name(), tag);
            images.forEach(sister -> add(reads, sister, tag));
        }
        return reads;
    }

    private void add(List<String> reads, ImageName image, String tag) {
        String reference = image.tagged(tag);
        if (isThere(image, tag) && !reads.contains(reference)) {
            reads.add(reference);
        }
    }

    /**
     * Tags to write beside the image.
     *
     * @param allCached whether the build ran no step, so that what is there is as good
     */
    List<String> writes(Target target, boolean allCached) {
        List<String> writes = new ArrayList<>();
        if (refs.scope() != null && !(allCached && isThere(target.name(), refs.scope()))) {
            writes.add(refs.scope());
        }
        if (isMissing(target.name(), refs.content())) {
            writes.add(Objects.requireNonNull(refs.content()));
        }
        return writes;
    }

    private boolean isMissing(ImageName image, @Nullable String tag) {
        return tag != null && !isThere(image, tag);
    }

    private boolean isThere(ImageName image, String tag) {
        return there.getOrDefault(new Place(image, tag), false);
    }
}
