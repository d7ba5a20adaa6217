package io.forgefleet.clients.scan;

import io.forgefleet.events.image.Digest;

/** What an SBOM is of; prints itself for people. */
public sealed interface ScanSubject permits ImageToScan, FileToScan {

    /** Of the image, or of the file. */
    Digest digest();
}
