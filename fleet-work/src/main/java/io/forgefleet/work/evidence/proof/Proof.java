package io.forgefleet.work.evidence.proof;

import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.statement.Predicate;
import java.util.Set;

/**
 * What a bundle says, after its signature was verified.
 *
 * @param type of the predicate, a URI; that of signatures for whatever only signs
 * @param predicate what it says of them
 */
public record Proof(String type, Set<Digest> subjects, Predicate predicate) {

    public Proof {
        subjects = Set.copyOf(subjects);
    }
}
