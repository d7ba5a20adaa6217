package io.forgefleet.clients.forge.scan;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;

/** Takes findings in SARIF 2.1.0. Thread-safe; calls block and are bounded. */
public interface CodeScans {

    /** Compressed findings beyond this are refused unsent, in bytes (GitHub's bound). */
    int MOST_COMPRESSED = 10_000_000;

    /** Whether forges of a kind show findings. */
    static boolean areTakenBy(ForgeKind kind) {
        return kind == ForgeKind.GITHUB;
    }

    /**
     * Uploads findings and waits until the forge has read them. Findings of the same tool and category, commit and ref take
     * the place of earlier ones. Suppressed ones are left out: forges show them as open.
     *
     * @param commit that was scanned
     * @param ref in full: {@code refs/heads/x} or {@code refs/pull/N/head}
     * @param sarif JSON, not compressed
     * @throws ClientException of kind REFUSED when they are too large or of a wrong form, UNAUTHORIZED when the token may
     *     not, UNAVAILABLE also when they are taken but not read in time; uploading them again does no harm
     */
    ScanUpload upload(RepositoryId repository, CommitId commit, String ref, byte[] sarif)
            throws ClientException, InterruptedException;
}
