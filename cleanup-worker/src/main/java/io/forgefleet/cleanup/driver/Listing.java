package io.forgefleet.cleanup.driver;

import io.forgefleet.events.image.Digest;
import java.util.Map;
import java.util.Set;

/**
 * What a repository holds by the registry's own account.
 *
 * @param tags with what each of them was when it was looked at; one that went meanwhile is left out
 * @param untagged manifests without a tag, as far as the registry tells ({@link Capabilities#seesUntagged})
 */
public record Listing(Map<String, Digest> tags, Set<Digest> untagged) {

    public Listing {
        tags = Map.copyOf(tags);
        untagged = Set.copyOf(untagged);
    }
}
