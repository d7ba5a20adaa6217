package io.forgefleet.work.evidence.proof;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.Digest;
import java.util.Set;

/**
 * What a bundle says, after its signature was verified.
 *
 * @param type of the predicate, a URI; that of signatures for whatever only signs
 * @param predicate null node where it says nothing more
 */
public record Proof(String type, Set<Digest> subjects, JsonNode predicate) {

    public Proof {
        subjects = Set.copyOf(subjects);
    }
}
