package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** SBOMs of everything that is released. Thread-safe. */
final class Contents {

    private static final String CYCLONEDX_TYPE = "application/vnd.cyclonedx+json";
    private static final String SPDX_TYPE = "application/spdx+json";
    private static final String METADATA = ".dist-info/METADATA";
    private static final int LARGEST_METADATA = 1 << 20;

    private final SbomTool tool;
    private final Path scratch;

    Contents(SbomTool tool, Path scratch) {
        this.tool = tool;
        this.scratch = scratch;
    }

    /** Two files of each part. */
    List<KeptFile> describe(Subjects subjects)
            throws ScanException, IOException, ClientException, InterruptedException {
        List<KeptFile> made = new ArrayList<>();
        for (Part part : subjects.parts()) {
            Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "sbom");
            try {
                Sbom sbom = sbom(subjects, part, folder);
                made.add(subjects.store()
                        .keep(
                                sbom.cycloneDx(),
                                Kind.CYCLONEDX,
                                part.name() + ".cdx.json",
                                CYCLONEDX_TYPE,
                                part.digest()));
                made.add(subjects.store()
                        .keep(sbom.spdx(), Kind.SPDX, part.name() + ".spdx.json", SPDX_TYPE, part.digest()));
            } finally {
                Folders.delete(folder);
            }
        }
        return made;
    }

    private Sbom sbom(Subjects subjects, Part part, Path folder)
            throws ScanException, IOException, ClientException, InterruptedException {
        if (part.image() != null) {
            return tool.describe(part.scan(), folder);
        }
        KeptFile file = Objects.requireNonNull(part.file(), "a part is an image or a file");
        Path files = Files.createDirectory(folder.resolve("files"));
        Path here = subjects.store().fetch(file);
        Files.copy(here, files.resolve(file.name()));
        unpackMetadata(here, files);
        return tool.describe(files, part.scan(), folder);
    }

    /** What a wheel says of itself, where a cataloguer looks for it. */
    private static void unpackMetadata(Path wheel, Path into) throws IOException {
        if (!wheel.toString().endsWith(".whl")) {
            return;
        }
        try (InputStream in = Files.newInputStream(wheel);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                if (name.endsWith(METADATA)
                        && name.indexOf('/') == name.length() - "/METADATA".length()
                        && !name.startsWith(".")) {
                    Path folder = Files.createDirectories(into.resolve(name.substring(0, name.indexOf('/'))));
                    Files.write(folder.resolve("METADATA"), zip.readNBytes(LARGEST_METADATA));
                }
            }
        }
    }
}
