package io.forgefleet.work.evidence;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Files in a tar: the same files give the same bytes. What is read is bounded, and never written to a disk. */
final class EvidenceTar {

    private static final int MOST_FILES = 4096;
    private static final long MOST_FILE = 64L << 20;
    private static final long MOST_BYTES = 256L << 20;
    private static final int MODE = 0644;

    private EvidenceTar() {}

    /**
     * Writes one; it appears whole or not at all.
     *
     * @param files in the order in which they are to lie
     */
    static void write(Map<String, byte[]> files, Path tar) throws IOException {
        Path part = tar.resolveSibling(tar.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(part);
                TarArchiveOutputStream archive = new TarArchiveOutputStream(out, "UTF-8")) {
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(each.getKey());
                entry.setSize(each.getValue().length);
                entry.setModTime(0);
                entry.setMode(MODE);
                entry.setIds(0, 0);
                entry.setNames("", "");
                archive.putArchiveEntry(entry);
                archive.write(each.getValue());
                archive.closeArchiveEntry();
            }
        }
        Files.move(part, tar, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads one.
     *
     * @throws IOException when the file itself cannot be read
     * @throws UnreadableEvidenceException when it is no such tar
     */
    static Map<String, byte[]> read(Path tar) throws IOException, UnreadableEvidenceException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        if (Files.size(tar) > 2 * MOST_BYTES) {
            throw new UnreadableEvidenceException("it is larger than evidence may be");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
            read(in, files);
        }
        if (!files.containsKey(EvidenceManifest.NAME)) {
            throw new UnreadableEvidenceException("it holds no " + EvidenceManifest.NAME);
        }
        return files;
    }

    private static void read(InputStream in, Map<String, byte[]> files) throws UnreadableEvidenceException {
        long left = MOST_BYTES;
        try (TarArchiveInputStream archive = new TarArchiveInputStream(in, "UTF-8")) {
            for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                String name = entry.getName();
                if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || !EvidenceManifest.isSafe(name)) {
                    throw new UnreadableEvidenceException("it holds something else than plain files below itself");
                }
                if (entry.getSize() > Math.min(left, MOST_FILE) || files.size() >= MOST_FILES) {
                    throw new UnreadableEvidenceException("it holds more than evidence may");
                }
                left -= entry.getSize();
                byte[] content = new byte[(int) entry.getSize()];
                if (archive.readNBytes(content, 0, content.length) != content.length) {
                    throw new UnreadableEvidenceException("it is cut off within " + name);
                }
                if (files.put(name, content) != null) {
                    throw new UnreadableEvidenceException("it holds " + name + " twice");
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UnreadableEvidenceException("it is no whole tar: " + e.getMessage(), e);
        }
    }
}
