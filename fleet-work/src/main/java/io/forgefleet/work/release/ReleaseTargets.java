package io.forgefleet.work.release;

import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Workplace;

/** What runs make for a release, and where it lies. */
public final class ReleaseTargets {

    /** A release, of a tag; by release workers. */
    public static final String RELEASE = "release";

    /** The end of a release that is not public yet; by release workers. */
    public static final String ABORT = "abort";

    /** What makes images of a default branch public; by release workers. */
    public static final String SIGN = "sign";

    /** All images of a tag, by digest; by build workers. */
    public static final String IMAGES = "release-images";

    /** With a slash and its index behind it: the files of an artifact command; by build workers. */
    public static final String ARTIFACT = "release-artifact";

    private ReleaseTargets() {}

    /** The repository of a release's files, evidence and state, beside the images. */
    public static ImageName files(Workplace place) {
        return ImageName.inside(place.registryConfig(), place.repository(), "releases");
    }
}
