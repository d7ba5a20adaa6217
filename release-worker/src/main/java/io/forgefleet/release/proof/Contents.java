package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import io.forgefleet.release.saga.SagaStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** SBOMs of everything that is released. Thread-safe. */
final class Contents {

    private static final String CYCLONEDX_TYPE = "application/vnd.cyclonedx+json";
    private static final String SPDX_TYPE = "application/spdx+json";

    private final SbomTool tool;
    private final Path scratch;

    Contents(SbomTool tool, Path scratch) {
        this.tool = tool;
        this.scratch = scratch;
    }

    /** Two files of each part. */
    List<KeptFile> describe(Subjects subjects)
            throws ScanException, IOException, ClientException, InterruptedException {
        return Concurrently.each(subjects.parts(), ScanException.class, ScanException.class, part -> of(subjects, part))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private List<KeptFile> of(Subjects subjects, Part part)
            throws ScanException, IOException, ClientException, InterruptedException {
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "sbom");
        try {
            Sbom sbom = tool.describe(part.subject(subjects), folder);
            SagaStore store = subjects.store();
            return List.of(
                    store.keep(
                            sbom.cycloneDx(), Kind.CYCLONEDX, part.name() + ".cdx.json", CYCLONEDX_TYPE, part.digest()),
                    store.keep(sbom.spdx(), Kind.SPDX, part.name() + ".spdx.json", SPDX_TYPE, part.digest()));
        } finally {
            Folders.delete(folder);
        }
    }
}
