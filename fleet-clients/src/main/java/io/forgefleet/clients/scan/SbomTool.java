package io.forgefleet.clients.scan;

import java.nio.file.Path;

/** Finds out what an image or a file holds. Thread-safe; a call ends with all its processes when its thread is interrupted. */
public interface SbomTool {

    /** Name of the program. */
    String name();

    /**
     * Writes the SBOM of an image or a file.
     *
     * @param folder there already; gets the files, which replace earlier ones of the same digest and platform
     * @throws ScanException when that is not possible
     */
    Sbom describe(ScanSubject subject, Path folder) throws ScanException, InterruptedException;
}
