package io.forgefleet.cleanup.plan;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads a repository as a graph: what its tags name, what the ledger knows besides, and all that hangs on those. */
public final class GraphReader {

    /** Indexes of indexes, and what is about what is about something; more is no registry's content. */
    private static final int DEEPEST = 10;

    private GraphReader() {}

    /**
     * Reads it whole.
     *
     * @param known digests that may be there without a tag
     * @throws ClientException where it cannot be read whole, or a tag names what cannot be read
     */
    public static RegistryGraph read(
            RegistryDriver driver, Capabilities can, String repository, Collection<Digest> known)
            throws ClientException, InterruptedException {
        Listing listing = driver.list(repository);
        RegistryReader reader = driver.reader();
        Map<Digest, StoredManifest> manifests = new HashMap<>();
        Map<Digest, Set<Digest>> referrers = new HashMap<>();
        Set<Digest> next = new HashSet<>(listing.tags().values());
        next.addAll(listing.untagged());
        next.addAll(known);
        Set<Digest> asked = new HashSet<>(next);
        for (int depth = 0; !next.isEmpty(); depth++) {
            if (depth > DEEPEST) {
                throw new ClientException(
                        Kind.REFUSED, "could not read " + repository + ": its indexes lie too deep in each other");
            }
            Map<Digest, StoredManifest> found = those(next, listing.manifests());
            next.removeAll(found.keySet());
            found.putAll(reader.manifests(repository, next));
            manifests.putAll(found);
            Set<Digest> more = new HashSet<>();
            found.values().forEach(manifest -> more.addAll(manifest.children()));
            if (can.referrersApi()) {
                Map<Digest, Set<Digest>> about = reader.referrers(repository, found.keySet());
                referrers.putAll(about);
                about.values().forEach(more::addAll);
            }
            more.removeAll(manifests.keySet());
            more.removeAll(asked);
            asked.addAll(more);
            next = more;
        }
        for (Map.Entry<String, Digest> tag : listing.tags().entrySet()) {
            if (!manifests.containsKey(tag.getValue())) {
                // half a picture: what this one names would seem to be nobody's
                throw new ClientException(
                        Kind.UNAVAILABLE,
                        "could not read " + repository + ":" + tag.getKey() + ": it names " + tag.getValue()
                                + ", which the registry does not give; if that stays so, remove the tag");
            }
        }
        return new RegistryGraph(listing.tags(), manifests, referrers);
    }

    private static Map<Digest, StoredManifest> those(Set<Digest> wanted, Map<Digest, StoredManifest> all) {
        Map<Digest, StoredManifest> those = new HashMap<>(all);
        those.keySet().retainAll(wanted);
        return those;
    }
}
