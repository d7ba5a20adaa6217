package io.forgefleet.work.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is in an evidence bundle. It is signed itself, so that nothing can be taken out unseen.
 *
 * @param version of this form
 * @param name of the release, for people
 * @param images with every platform
 * @param artifacts files that are released beside images
 * @param files everything else in the bundle
 */
public record EvidenceManifest(
        int version, String name, List<Image> images, List<Artifact> artifacts, List<Entry> files) {

    /** The form that this fleet writes and reads. */
    public static final int VERSION = 1;

    static final String NAME = "manifest.json";
    static final String SIGNATURE = "manifest.sigstore.json";

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}");
    private static final int LONGEST_NAME = 100;

    /**
     * An image that is released.
     *
     * @param repository registry and repository where it was when it was signed
     * @param digest of the index, or of the only image
     */
    public record Image(String repository, Digest digest) {}

    /**
     * A file that is released; it is not in the bundle.
     *
     * @param size in bytes
     */
    public record Artifact(String name, Digest digest, long size) {}

    /**
     * A file in the bundle.
     *
     * @param name its path in the bundle
     * @param about what it is a signature, an SBOM or a report of; null for what is about all
     */
    public record Entry(
            String name,
            Digest digest,
            long size,
            Role role,
            @Nullable Digest about) {}

    public EvidenceManifest {
        images = List.copyOf(images);
        artifacts = List.copyOf(artifacts);
        files = List.copyOf(files);
    }

    /** Whether a name stays within a folder on every system. */
    static boolean isSafe(String name) {
        return name.length() <= LONGEST_NAME && SAFE.matcher(name).matches();
    }

    /** The same manifest gives the same bytes. */
    byte[] json() {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the manifest of evidence could not be written", e);
        }
    }

    /**
     * Reads one.
     *
     * @throws UnreadableEvidenceException when it is none, of another version, or in conflict with itself
     */
    static EvidenceManifest read(byte[] json) throws UnreadableEvidenceException {
        EvidenceManifest manifest;
        try {
            manifest = Json.read(json, EvidenceManifest.class);
        } catch (MalformedRecordException | NullPointerException | IllegalArgumentException e) {
            throw new UnreadableEvidenceException(NAME + " cannot be read: " + e.getMessage(), e);
        }
        if (manifest.version() != VERSION) {
            throw new UnreadableEvidenceException(
                    NAME + " is of version " + manifest.version() + ", and this fleet reads " + VERSION);
        }
        Set<String> names = new HashSet<>();
        for (Entry each : manifest.files()) {
            if (!isSafe(each.name()) || !names.add(each.name())) {
                throw new UnreadableEvidenceException(NAME + " names a file twice or outside of the bundle");
            }
        }
        if (manifest.images().isEmpty() && manifest.artifacts().isEmpty()) {
            throw new UnreadableEvidenceException(NAME + " names nothing that was released");
        }
        return manifest;
    }
}
