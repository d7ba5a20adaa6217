package io.forgefleet.clients.scan;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An offline database of osv-scanner from the advisories among the test resources. */
final class OsvDatabase {

    private OsvDatabase() {}

    /** With these ecosystems only. */
    static Path of(Path folder, String... ecosystems) throws IOException {
        for (String ecosystem : ecosystems) {
            Path zip = zip(folder, ecosystem);
            Files.createDirectories(zip.getParent());
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
                for (Path advisory : advisories(ecosystem)) {
                    out.putNextEntry(new ZipEntry(advisory.getFileName().toString()));
                    Files.copy(advisory, out);
                    out.closeEntry();
                }
            }
        }
        return folder;
    }

    static Path zip(Path folder, String ecosystem) {
        return folder.resolve("osv-scalibr").resolve(ecosystem).resolve("all.zip");
    }

    private static List<Path> advisories(String ecosystem) throws IOException {
        try (Stream<Path> files =
                Files.list(Path.of(Objects.requireNonNull(OsvDatabase.class.getResource("/osv/" + ecosystem))
                        .toURI()))) {
            return files.sorted().toList();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
