package io.forgefleet.release.proof;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.events.image.Digest;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.work.image.ImageName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that is looked at by itself: the image of one platform, or a file.
 *
 * @param name for the names of files about it
 * @param scan as scanners call it
 * @param image that it is a platform of; null of a file
 * @param file null of an image
 */
record Part(
        String name,
        Digest digest,
        ImageToScan scan,
        @Nullable ReleasedImage image,
        @Nullable KeptFile file) {

    /**
     * All of some images and files.
     *
     * @param at where an image is, as this host reaches it
     */
    static List<Part> of(
            List<ReleasedImage> images,
            List<KeptFile> files,
            Function<ReleasedImage, ImageName> at,
            boolean plainHttp) {
        List<Part> parts = new ArrayList<>();
        for (ReleasedImage image : images) {
            ImageName name = at.apply(image);
            for (ReleasedImage.Platform platform : image.platforms()) {
                String suffix = platform.platform().isEmpty()
                        ? ""
                        : "-" + platform.platform().replace('/', '-');
                ImageToScan scan = new ImageToScan(
                        name.host() + "/" + name.repository(), image.digest(), platform.platform(), plainHttp);
                parts.add(new Part(image.name() + suffix, platform.digest(), scan, image, null));
            }
        }
        for (KeptFile file : files) {
            ImageToScan scan = new ImageToScan(file.name(), file.digest(), "", false);
            parts.add(new Part(file.name(), file.digest(), scan, null, file));
        }
        return parts;
    }
}
