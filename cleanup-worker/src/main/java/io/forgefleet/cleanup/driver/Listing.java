package io.forgefleet.cleanup.driver;

import io.forgefleet.events.image.Digest;
import java.util.Map;
import java.util.Set;

/**
 * What a repository holds by the registry's own account.
 *
 * @param tags with what each of them was when it was looked at; one that went meanwhile is left out
 * @param untagged manifests without a tag, as far as the registry tells ({@link Capabilities#seesUntagged})
 * @param manifests those of them that came with the answer, so that nobody has to ask for them again
 */
public record Listing(Map<String, Digest> tags, Set<Digest> untagged, Map<Digest, StoredManifest> manifests) {

    public Listing {
        tags = Map.copyOf(tags);
        untagged = Set.copyOf(untagged);
        manifests = Map.copyOf(manifests);
    }

    /** Where only digests came. */
    public Listing(Map<String, Digest> tags, Set<Digest> untagged) {
        this(tags, untagged, Map.of());
    }
}
