package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import java.util.List;

/**
 * An image that the repository's own workflows run in, built when its inputs change.
 *
 * @param image how it is built
 * @param rebuildOn files whose content names its version; its Dockerfile always is one of them
 * @param pinIn workflow files that pin it by digest; none where nothing is to be pinned
 */
public record CiImageSpec(ImageSpec image, List<Glob> rebuildOn, List<Glob> pinIn) {

    public CiImageSpec {
        rebuildOn = List.copyOf(rebuildOn);
        pinIn = List.copyOf(pinIn);
    }

    public String name() {
        return image.name();
    }
}
