package io.forgefleet.events.ledger;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One digest that one run pushed, as the ledger ({@code fleet.images}) holds it under {@link #key()}.
 *
 * @param image registry and repository, without tag
 * @param tags tags given to it by this run
 * @param pullRequest null for pushes
 * @param pushedAt clock of the worker
 * @param ref full name of the branch or tag; null for pull requests, and in what was written before it was told
 */
public record LedgerEntry(
        Digest digest,
        RunId run,
        Kind kind,
        String image,
        List<String> tags,
        RepositoryId repository,
        CommitId commit,
        @Nullable Long pullRequest,
        TrustClass trust,
        Instant pushedAt,
        @Nullable String ref) {

    public enum Kind {
        IMAGE,
        CACHE,
        /** What was found out about an image. */
        REPORT,
        /** What a release is made of beside its images: its files, its evidence, and how far it is. */
        RELEASE,
        /** A template database, or that its command failed. */
        TEMPLATE,
        /**
         * What a cleanup took the tags of and keeps for a while under a tag {@code trash-…}, the entry's only one; with other tags,
         * what somebody took back from there, which has them again.
         */
        TRASH
    }

    public LedgerEntry {
        tags = List.copyOf(tags);
    }

    /** The same for what one run says of one digest in one repository: copies in other registries are entries of their own. */
    public String key() {
        return digest + "@" + run + "@" + image;
    }
}
