package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.events.image.Digest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The image that a verdict is about.
 *
 * @param repository registry and repository, without tag
 * @param digest of the image, or of the index of all its platforms
 * @param platforms digests of its platforms; empty for an image of one
 */
public record ImageSubject(String repository, Digest digest, Set<Digest> platforms) {

    public ImageSubject {
        platforms = Set.copyOf(platforms);
    }

    /**
     * What is scanned, platform by platform.
     *
     * @param digest of the index, or of the only image
     */
    static ImageSubject of(Digest digest, List<ImageToScan> images) {
        Set<Digest> platforms = new LinkedHashSet<>();
        images.forEach(each -> platforms.add(each.digest()));
        return new ImageSubject(images.getFirst().repository(), digest, platforms);
    }

    /** All digests of it. */
    public Set<Digest> digests() {
        Set<Digest> all = new LinkedHashSet<>(platforms);
        all.add(digest);
        return all;
    }

    /** {@code repository@digest}. */
    public String reference() {
        return repository + "@" + digest;
    }
}
