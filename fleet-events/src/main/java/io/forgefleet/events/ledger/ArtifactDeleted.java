package io.forgefleet.events.ledger;

import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import java.time.Instant;
import java.util.List;

/**
 * A manifest or index went from a registry. Told at least once: when a cleanup is killed between the deletion and its last word, the
 * next one tells it again, under the same id.
 *
 * @param id of this happening
 * @param image registry and repository, without tag
 * @param tags that it had
 * @param reason for people
 * @param at clock of the worker
 */
public record ArtifactDeleted(
        String id, RepositoryId repository, String image, Digest digest, List<String> tags, String reason, Instant at) {

    public ArtifactDeleted {
        tags = List.copyOf(tags);
    }
}
