package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Manifest.Descriptor;
import io.forgefleet.clients.registry.Manifest.PlatformImage;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of an image below one folder, laid out so that cdxgen finds what is installed: with what upper layers delete deleted, which
 * cdxgen does not do by itself. Nothing of it is ever a symbolic link, so that no name leads out of the folder.
 */
final class ImageRoot {

    /** Below Debian's {@code dist-packages}, since cdxgen knows Python packages by the name of this folder alone. */
    static final String NESTED = "dist-packages/site-packages/";

    /** Which files each package of Debian has: cdxgen takes minutes over it, for an inventory of files that nobody here asks for. */
    private static final String FILES_OF_PACKAGES = "var/lib/dpkg/info";

    private static final String DELETED = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final int GZIP = 0x1f8b;
    private static final int ZSTANDARD = 0x28b5;
    private static final int SMALLEST_TAR = 512;
    private static final int BUFFER = 1 << 16;
    private static final int MOST_ENTRIES = 2_000_000;
    private static final long MOST_BYTES = 64L << 30;

    /** The image is none that can be looked into; another attempt changes nothing. */
    static final class UnreadableException extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        UnreadableException(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }

    private final Path folder;
    private int entries;
    private long bytes;

    private ImageRoot(Path folder) {
        this.folder = folder;
    }

    /**
     * Unpacks an image as it comes from its registry.
     *
     * @param repository without the registry
     * @param folder there and empty
     */
    static void unpack(Registry registry, String repository, ImageToScan image, Path folder)
            throws IOException, ClientException, UnreadableException, InterruptedException {
        try {
            Manifest manifest = registry.get(repository, image.digest().value());
            if (manifest.isIndex()) {
                manifest = registry.get(
                        repository, ofPlatform(manifest, image.platform()).value());
            }
            List<Descriptor> layers = manifest.descriptors();
            if (layers.isEmpty() || layers.size() != manifest.layers().size()) {
                throw new UnreadableException(
                        "its manifest names no layers, or some that are not named by SHA-256", null);
            }
            ImageRoot root = new ImageRoot(folder);
            for (Descriptor layer : layers) {
                String refused = registry.read(repository, layer.digest(), layer.size(), root::layer);
                if (!refused.isEmpty()) {
                    throw new UnreadableException("layer " + layer.digest() + " " + refused, null);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new UnreadableException("it is out of order: " + e.getMessage(), e);
        }
    }

    private static Digest ofPlatform(Manifest index, String platform) throws UnreadableException {
        for (PlatformImage each : index.images()) {
            if (each.platform().equals(platform)) {
                return each.digest();
            }
        }
        for (PlatformImage each : index.images()) {
            if (!platform.isEmpty() && each.platform().startsWith(platform + "/")) {
                return each.digest();
            }
        }
        throw new UnreadableException(
                "it has " + String.join(", ", index.platforms()) + ", and '" + platform + "' is asked for", null);
    }

    /** Puts a layer over those before; empty, or why that cannot be. */
    private String layer(InputStream blob) throws IOException {
        BufferedInputStream in = new BufferedInputStream(blob, BUFFER);
        in.mark(2);
        int magic = (in.read() << 8) | in.read();
        in.reset();
        if (magic == ZSTANDARD) {
            return "is compressed by Zstandard, which is not known here; push it with gzip";
        }
        TarArchiveInputStream tar =
                new TarArchiveInputStream(magic == GZIP ? new GZIPInputStream(in, BUFFER) : in, "UTF-8");
        Set<Path> written = new HashSet<>();
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null ? tar.getBytesRead() < SMALLEST_TAR : !entry.isCheckSumOK()) {
            return "is no tar archive, plain or by gzip";
        }
        for (; entry != null; entry = tar.getNextEntry()) {
            entries++;
            bytes += Math.max(0, entry.getSize());
            if (entries > MOST_ENTRIES || bytes > MOST_BYTES) {
                return "makes it more than " + MOST_ENTRIES + " files, or " + (MOST_BYTES >> 30) + " GiB";
            }
            Path path = path(entry.getName());
            if (path != null && !path.startsWith(folder.resolve(FILES_OF_PACKAGES))) {
                put(tar, entry, path, written);
            }
        }
        return "";
    }

    private void put(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, Set<Path> written)
            throws IOException {
        String name = String.valueOf(path.getFileName());
        Path parent = path.getParent();
        if (parent == null || path.equals(folder)) {
            return;
        }
        if (name.equals(OPAQUE)) {
            deleteBelow(parent, written);
        } else if (name.startsWith(DELETED)) {
            String deleted = name.substring(DELETED.length());
            if (!Set.of("", ".", "..").contains(deleted)) {
                Folders.delete(parent.resolve(deleted));
            }
        } else if (entry.isDirectory()) {
            makeFolder(path);
        } else {
            Folders.delete(path);
            file(tar, entry, path, parent);
            written.add(path);
        }
    }

    private void file(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, Path parent) throws IOException {
        if (entry.isLink()) {
            Path target = path(entry.getLinkName());
            if (target != null && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
                makeFolder(parent);
                Files.createLink(path, target);
            }
        } else if (entry.isFile() && !entry.isSymbolicLink()) {
            makeFolder(parent);
            Files.copy(tar, path);
        }
    }

    /** With those above it; files in its way were replaced by it. */
    private void makeFolder(Path path) throws IOException {
        for (Path each = path; each != null && !each.equals(folder); each = each.getParent()) {
            if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(each);
            }
        }
        Files.createDirectories(path);
    }

    /** Where an entry lies; null for a name that leads out of the folder, or that this file system cannot have. */
    private @Nullable Path path(String name) {
        Path path = folder;
        String[] parts = name.split("/+", -1);
        try {
            for (int i = 0; i < parts.length; i++) {
                if (parts[i].equals("..")) {
                    return null;
                }
                path = parts[i].equals(".") ? path : path.resolve(parts[i]);
                if (parts[i].equals("dist-packages") && i + 1 < parts.length && !parts[i + 1].isEmpty()) {
                    path = path.resolve("site-packages");
                }
            }
        } catch (InvalidPathException e) {
            return null;
        }
        return path;
    }

    /** What lower layers have in a folder. */
    private static void deleteBelow(Path folder, Set<Path> written) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!written.contains(file)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
