package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image as a tar file that {@code docker load}, Podman, Skopeo and ORAS take: an OCI image layout, with what older engines read
 * beside it. The same image under the same name gives the same bytes.
 */
public final class ImageArchive {

    private static final int MOST_MANIFEST = 4 << 20;
    private static final int MOST_PARTS = 5_000;
    private static final int READABLE = 0444;

    private final ImageTransfer.Layout files;
    private final SortedSet<Digest> parts = new TreeSet<>((a, b) -> a.value().compareTo(b.value()));

    private ImageArchive(ImageTransfer.Layout files) {
        this.files = files;
    }

    /**
     * Writes one. Every part is checked by its digest, since the folder may come from a builder of strangers.
     *
     * @param digest of the manifest, or of the index for several platforms
     * @param files where the image lies
     * @param name with its tag, that the image gets where it is loaded
     * @param into is not closed
     */
    public static void write(Digest digest, ImageTransfer.Layout files, String name, OutputStream into)
            throws IOException, ClientException {
        ImageArchive archive = new ImageArchive(files);
        Manifest image = archive.gather(digest);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(into);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        entry(tar, "oci-layout", Json.write(Map.of("imageLayoutVersion", "1.0.0")));
        entry(tar, "index.json", Json.write(index(image, name)));
        if (!image.isIndex()) {
            entry(tar, "manifest.json", Json.write(List.of(legacy(image, name))));
        }
        for (Digest part : archive.parts) {
            archive.part(tar, part);
        }
        tar.finish();
        tar.flush();
    }

    private Manifest gather(Digest digest) throws IOException, ClientException {
        if (parts.size() > MOST_PARTS) {
            throw new IOException("the image has more than " + MOST_PARTS + " parts");
        }
        Path file = regular(digest);
        if (Files.size(file) > MOST_MANIFEST) {
            throw new IOException("manifest " + digest + " is larger than " + MOST_MANIFEST + " bytes");
        }
        Manifest manifest = Manifest.of(Files.readAllBytes(file), "");
        try {
            if (parts.add(digest)) {
                for (Digest child : manifest.children()) {
                    gather(child);
                }
                parts.addAll(manifest.blobs());
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("manifest " + digest + " is out of order: " + e.getMessage(), e);
        }
        return manifest;
    }

    private void part(TarArchiveOutputStream tar, Digest digest) throws IOException {
        Path file = regular(digest);
        open(tar, path(digest), Files.size(file));
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), sha256)) {
            in.transferTo(tar);
        }
        if (!Digest.of(sha256).equals(digest)) {
            throw new IOException("the bytes of " + digest + " have another digest");
        }
        tar.closeArchiveEntry();
    }

    private Path regular(Digest digest) throws IOException {
        Path file = files.blob(digest);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(digest + " is no file of the image");
        }
        return file;
    }

    private static Map<String, Object> index(Manifest image, String name) {
        return Map.of(
                "schemaVersion",
                2,
                "mediaType",
                Manifest.OCI_INDEX,
                "manifests",
                List.of(Map.of(
                        "mediaType",
                        image.mediaType(),
                        "digest",
                        image.digest().value(),
                        "size",
                        image.bytes().length,
                        "annotations",
                        Map.of(
                                "io.containerd.image.name",
                                name,
                                "org.opencontainers.image.ref.name",
                                name.substring(name.lastIndexOf(':') + 1)))));
    }

    /** As {@code docker save} has it, for engines without containerd's store. */
    private static Map<String, Object> legacy(Manifest image, String name) {
        return Map.of(
                "Config",
                image.config().map(ImageArchive::path).orElse(""),
                "RepoTags",
                List.of(name),
                "Layers",
                image.layers().stream().map(ImageArchive::path).toList());
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.value().replace(':', '/');
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        open(tar, name, content.length);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void open(TarArchiveOutputStream tar, String name, long size) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(READABLE);
        entry.setModTime(0);
        entry.setUserId(0);
        entry.setGroupId(0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
    }
}
