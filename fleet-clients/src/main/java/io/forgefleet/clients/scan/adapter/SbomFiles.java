package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanSubject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where the SBOM of a subject goes, and that it replaces the one before whole or not at all. */
final class SbomFiles {

    private final String tried;
    private final Sbom sbom;

    /**
     * @param tried for messages, without "could not"
     * @param folder there already
     */
    SbomFiles(String tried, ScanSubject subject, Path folder) {
        this.tried = tried;
        String name = name(subject);
        this.sbom = new Sbom(subject, folder.resolve(name + ".cdx.json"), folder.resolve(name + ".spdx.json"));
    }

    private static String name(ScanSubject subject) {
        String hex = subject.digest().value().substring("sha256:".length());
        return subject instanceof ImageToScan image && !image.platform().isEmpty()
                ? hex + "-" + image.platform().replace('/', '-')
                : hex;
    }

    /** Before anything else: a call that fails must not leave the files of an earlier one to be taken for its own. */
    void deleteEarlier() throws ScanException {
        for (Path file : new Path[] {sbom.cycloneDx(), sbom.spdx()}) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw failure(file + " cannot be replaced: " + e, e);
            }
        }
    }

    /** Moves what was written and looked at to its place. */
    Sbom keep(Path cycloneDx, Path spdx) throws ScanException {
        move(cycloneDx, sbom.cycloneDx());
        move(spdx, sbom.spdx());
        return sbom;
    }

    private void move(Path from, Path to) throws ScanException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure(to + " cannot be written: " + e, e);
        }
    }

    private ScanException failure(String why, IOException cause) {
        return new ScanException(Problem.CRASHED, "could not " + tried + ": " + why, cause);
    }
}
