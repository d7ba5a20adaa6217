package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Section;
import java.time.Duration;

/**
 * How much each build worker keeps of images as files. Where one bound is reached the oldest go first.
 *
 * @param keep how long one is kept
 * @param files how many
 * @param gigabytes how much together, in GiB
 */
public record ImageTarConfig(Duration keep, int files, int gigabytes) {

    /** {@link #gigabytes} in bytes. */
    public long bytes() {
        return (long) gigabytes << 30;
    }

    static ImageTarConfig read(Section section) {
        return new ImageTarConfig(
                section.duration("keep", Duration.ofDays(1)),
                section.number("files", 100, 1, 10_000),
                section.number("gigabytes", 20, 1, 100_000));
    }
}
