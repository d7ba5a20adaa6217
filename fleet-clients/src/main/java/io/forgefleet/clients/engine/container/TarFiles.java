package io.forgefleet.clients.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Files on their way into a container and out of it. */
public final class TarFiles {

    private static final int FOLDER = 0777;
    private static final int FILE = 0644;
    private static final int PROGRAM = 0755;
    private static final int BUFFER = 1 << 16;

    private TarFiles() {}

    /**
     * Writes a folder with all that is in it as a tar archive. Links stay links. Everybody may write into its folders, since
     * nobody knows as whom an image runs.
     *
     * @param as the folder's path in the archive
     * @param empty further folders, with nothing in them
     */
    public static void write(Path folder, String as, List<String> empty, OutputStream to) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(to, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (String each : empty) {
                putFolder(tar, each);
            }
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                    putFolder(tar, name(each));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isSymbolicLink()) {
                        TarArchiveEntry link = new TarArchiveEntry(name(file), TarArchiveEntry.LF_SYMLINK);
                        link.setLinkName(Files.readSymbolicLink(file).toString());
                        tar.putArchiveEntry(link);
                        tar.closeArchiveEntry();
                    } else if (attributes.isRegularFile()) {
                        TarArchiveEntry entry = new TarArchiveEntry(name(file));
                        entry.setSize(attributes.size());
                        entry.setMode(Files.isExecutable(file) ? PROGRAM : FILE);
                        tar.putArchiveEntry(entry);
                        Files.copy(file, tar);
                        tar.closeArchiveEntry();
                    }
                    return FileVisitResult.CONTINUE;
                }

                private String name(Path file) {
                    String below = folder.relativize(file).toString();
                    return below.isEmpty() ? as : as + "/" + below;
                }
            });
        }
    }

    private static void putFolder(TarArchiveOutputStream tar, String name) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name + "/");
        entry.setMode(FOLDER);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    /**
     * Unpacks the regular files that lie right in the archive's folder.
     *
     * @param into a folder
     * @param mostBytes of all files together
     * @return names of everything below the folder, also of what is not unpacked: folders, what is in them, links, devices
     * @throws TooMuchException when there is more
     */
    public static List<String> unpack(InputStream from, Path into, long mostBytes, int mostNames) throws IOException {
        List<String> names = new ArrayList<>();
        long left = mostBytes;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(from)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String path = entry.getName();
                String name = path.substring(path.indexOf('/') + 1);
                if (name.isEmpty()) {
                    continue;
                }
                if (names.size() >= mostNames) {
                    throw new TooMuchException("more than " + mostNames + " files");
                }
                names.add(name);
                // isFile of the library says no to folders only
                boolean regular = !entry.isDirectory()
                        && !entry.isLink()
                        && !entry.isSymbolicLink()
                        && !entry.isBlockDevice()
                        && !entry.isCharacterDevice()
                        && !entry.isFIFO();
                if (regular && plain(name)) {
                    left -= entry.getSize();
                    if (left < 0) {
                        throw new TooMuchException("more than " + mostBytes + " bytes");
                    }
                    unpack(tar, entry, into.resolve(name));
                }
            }
        }
        return names;
    }

    private static boolean plain(String name) {
        return !name.contains("/") && !name.contains("\0") && !name.equals("..") && !name.equals(".");
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the archive has " + entry.getName() + " twice");
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
                out.write(buffer, 0, read);
            }
        }
    }

    /** An archive holds more than it may. */
    public static final class TooMuchException extends IOException {

        private static final long serialVersionUID = 1;

        TooMuchException(String message) {
            super(message);
        }
    }
}
