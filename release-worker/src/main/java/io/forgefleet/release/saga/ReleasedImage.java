package io.forgefleet.release.saga;

import io.forgefleet.events.image.Digest;
import java.util.List;

/**
 * An image of a release, where it was built.
 *
 * @param name in the repository file
 * @param repository registry and repository, as image names have them
 * @param digest of the index, or of the only image
 * @param index whether it is one
 * @param bases what it was built upon, by digest, as far as that is known
 * @param platforms its images; that of an image without an index is called by nothing
 */
public record ReleasedImage(
        String name, String repository, Digest digest, boolean index, List<String> bases, List<Platform> platforms) {

    /**
     * The image of one platform.
     *
     * @param platform {@code os/arch[/variant]}; empty where there is one alone
     */
    public record Platform(String platform, Digest digest) {}

    public ReleasedImage {
        bases = bases == null ? List.of() : List.copyOf(bases); // of sagas from before they were told
        platforms = List.copyOf(platforms);
    }
}
