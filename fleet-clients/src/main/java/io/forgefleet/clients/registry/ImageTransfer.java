package io.forgefleet.clients.registry;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Brings whole images into a repository, byte for byte and without a tag, or out of one: what an index names before the index,
 * blobs before manifests, so that nothing is ever named that is not there. Each step may be repeated. Thread-safe.
 */
public final class ImageTransfer {

    /** Where the bytes of a digest lie on this machine. */
    @FunctionalInterface
    public interface Layout {
        Path blob(Digest digest);
    }

    private final Registry to;
    private final String repository;

    public ImageTransfer(Registry to, String repository) {
        this.to = to;
        this.repository = repository;
    }

    /** From a registry into files, as an OCI image layout has them; their folder has to be there. */
    public static void download(Registry from, String repository, Digest digest, Layout files)
            throws IOException, ClientException, InterruptedException {
        Manifest manifest = from.get(repository, digest.value());
        for (Digest child : manifest.children()) {
            download(from, repository, child, files);
        }
        for (Digest blob : manifest.blobs()) {
            if (!Files.exists(files.blob(blob))) {
                from.blobs().download(repository, blob, files.blob(blob));
            }
        }
        Files.write(files.blob(digest), manifest.bytes());
    }

    /** From files, as an OCI image layout has them. */
    public void upload(Digest digest, Layout files) throws IOException, ClientException, InterruptedException {
        Manifest manifest = Manifest.of(Files.readAllBytes(files.blob(digest)), "");
        for (Digest child : manifest.children()) {
            upload(child, files);
        }
        for (Digest blob : manifest.blobs()) {
            to.blobs().upload(repository, blob, files.blob(blob));
        }
        to.put(repository, manifest);
    }

    /**
     * From another registry.
     *
     * @param scratch a folder for one blob at a time
     */
    public void copy(Registry from, String fromRepository, Digest digest, Path scratch)
            throws IOException, ClientException, InterruptedException {
        Manifest manifest = from.get(fromRepository, digest.value());
        for (Digest child : manifest.children()) {
            copy(from, fromRepository, child, scratch);
        }
        for (Digest blob : manifest.blobs()) {
            if (!to.blobs().has(repository, blob)) {
                Path file = Files.createTempFile(scratch, "blob", "");
                try {
                    from.blobs().download(fromRepository, blob, file);
                    to.blobs().upload(repository, blob, file);
                } finally {
                    Files.deleteIfExists(file);
                }
            }
        }
        to.put(repository, manifest);
    }
}
