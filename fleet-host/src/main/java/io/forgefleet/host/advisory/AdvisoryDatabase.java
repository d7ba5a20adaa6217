package io.forgefleet.host.advisory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * An offline database of osv-scanner with a few real advisories, enough to see a gate close: jinja2 before 2.10.1 (high),
 * PyYAML before 5.4 (nobody says how bad), Debian 12's openssl and glibc of mid 2023 (high).
 */
public final class AdvisoryDatabase {

    private static final Map<String, List<String>> ADVISORIES = Map.of(
            "PyPI", List.of("GHSA-462w-v97r-4m45", "PYSEC-2014-8", "PYSEC-2019-217", "PYSEC-2021-142"),
            "Debian", List.of("DEBIAN-CVE-2023-4911", "DEBIAN-CVE-2023-5363"));

    private AdvisoryDatabase() {}

    /**
     * Writes it.
     *
     * @param ecosystems those that it knows, out of {@code PyPI} and {@code Debian}
     * @return the folder
     */
    public static Path write(Path folder, String... ecosystems) throws IOException {
        for (String ecosystem : ecosystems) {
            Path file = file(folder, ecosystem);
            Files.createDirectories(file.getParent());
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                for (String id : ADVISORIES.getOrDefault(ecosystem, List.of())) {
                    zip.putNextEntry(new ZipEntry(id + ".json"));
                    copy(ecosystem + "/" + id + ".json", zip);
                    zip.closeEntry();
                }
            }
        }
        return folder;
    }

    /** Where an ecosystem's advisories are in such a folder. */
    public static Path file(Path folder, String ecosystem) {
        return folder.resolve("osv-scalibr").resolve(ecosystem).resolve("all.zip");
    }

    private static void copy(String resource, OutputStream to) throws IOException {
        try (InputStream in = AdvisoryDatabase.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("this program lacks its resource " + resource);
            }
            in.transferTo(to);
        }
    }
}
