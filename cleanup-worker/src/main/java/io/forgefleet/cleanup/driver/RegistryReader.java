package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What every registry answers alike. Thread-safe. */
public final class RegistryReader {

    private static final int AT_ONCE = 16;
    private static final int MOST_TAGS = 1_000_000;

    private final Registry registry;

    public RegistryReader(Registry registry) {
        this.registry = registry;
    }

    /** For what is written besides: a tag for the time of an undo window. */
    public Registry registry() {
        return registry;
    }

    /** All tags with their digests, at most 16 small requests at a time. */
    public Map<String, Digest> tags(String repository) throws ClientException, InterruptedException {
        return Concurrently.ask(
                registry.tags(repository, MOST_TAGS), AT_ONCE, name -> registry.digest(repository, name));
    }

    /** All tags with the manifests that they name: one request for each tag, at most 16 at a time. */
    public Listing tagged(String repository) throws ClientException, InterruptedException {
        List<String> names = registry.tags(repository, MOST_TAGS);
        if (names.size() >= MOST_TAGS) {
            throw new ClientException(
                    Kind.REFUSED, repository + " has more than " + MOST_TAGS + " tags; delete some of them by hand");
        }
        Map<Digest, StoredManifest> manifests = new ConcurrentHashMap<>();
        Map<String, Digest> tags = Concurrently.ask(names, AT_ONCE, name -> {
            Optional<StoredManifest> manifest = manifest(repository, name);
            manifest.ifPresent(found -> manifests.putIfAbsent(found.digest(), found));
            return manifest.map(StoredManifest::digest);
        });
        return new Listing(tags, Set.of(), manifests);
    }

    /** A manifest by tag or digest; empty where it is not there. */
    public Optional<StoredManifest> manifest(String repository, String reference)
            throws ClientException, InterruptedException {
        return registry.find(repository, reference).map(StoredManifest::of);
    }

    /** Many manifests, at most 16 requests at a time; those that are not there are left out. */
    public Map<Digest, StoredManifest> manifests(String repository, Collection<Digest> digests)
            throws ClientException, InterruptedException {
        return Concurrently.ask(digests, AT_ONCE, digest -> manifest(repository, digest.value()));
    }

    /** What is about each of many manifests, at most 16 requests at a time; without those that nothing is about. */
    public Map<Digest, Set<Digest>> referrers(String repository, Collection<Digest> subjects)
            throws ClientException, InterruptedException {
        return Concurrently.ask(subjects, AT_ONCE, subject -> {
            Set<Digest> found = registry.referrers().of(repository, subject);
            return found.isEmpty() ? Optional.empty() : Optional.of(found);
        });
    }

    /** Those of many blobs that are not there, at most 16 requests at a time. */
    public Set<Digest> missingBlobs(String repository, Collection<Digest> blobs)
            throws ClientException, InterruptedException {
        return Set.copyOf(Concurrently.ask(
                        blobs,
                        AT_ONCE,
                        blob -> registry.hasBlob(repository, blob) ? Optional.empty() : Optional.of(true))
                .keySet());
    }
}
