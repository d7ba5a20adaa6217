package io.forgefleet.clients.scan;

import io.forgefleet.events.image.Digest;
import java.nio.file.Path;

/**
 * A file that is released by itself, such as a wheel. Only what lies in it counts: what it asks to be installed beside it does not.
 *
 * @param digest of its bytes
 */
public record FileToScan(Path file, Digest digest) implements ScanSubject {

    /** Without its folder. */
    public String name() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public String toString() {
        return name() + " (" + digest + ")";
    }
}
