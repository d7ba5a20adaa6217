package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;
import java.util.Optional;

/** A registry that has nothing beyond the distribution specification: "content management" there. */
public final class OciDriver implements RegistryDriver {

    private static final String NO_TAG = "forgefleet-asks-what-can-be-deleted";
    private static final Digest NO_DIGEST = new Digest("sha256:" + "0".repeat(64));

    private final RegistryReader reader;

    public OciDriver(RegistryReader reader) {
        this.reader = reader;
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.OCI;
    }

    @Override
    public String garbage() {
        return "blobs stay on the registry's disk until its own garbage collection runs (distribution: registry"
                + " garbage-collect CONFIG, while nobody pushes)";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        Optional<ClientException> byDigest = refusal(repository, NO_DIGEST.value());
        Optional<ClientException> byTag = refusal(repository, NO_TAG);
        String hindrance = byDigest.isPresent() && byTag.isPresent() ? hindrance(byDigest.get()) : "";
        return new Capabilities(
                byTag.isEmpty(),
                byDigest.isEmpty(),
                true,
                reader.registry().referrers().hasApi(repository),
                false,
                hindrance);
    }

    private static String hindrance(ClientException refusal) {
        return refusal.getMessage()
                + (refusal.kind() == Kind.UNAUTHORIZED
                        ? "; give the fleet's account the right to delete there"
                        : "; turn deletion on in the registry (distribution: storage.delete.enabled: true)");
    }

    /** Why something cannot be deleted; empty where it only is not there, as it should be. */
    private Optional<ClientException> refusal(String repository, String absent)
            throws ClientException, InterruptedException {
        try {
            reader.registry().delete(repository, absent);
            return Optional.empty();
        } catch (ClientException e) {
            if (e.retryable()) {
                throw e;
            }
            return e.kind() == Kind.NOT_FOUND ? Optional.empty() : Optional.of(e);
        }
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        return reader.tagged(repository);
    }

    @Override
    public RegistryReader reader() {
        return reader;
    }

    @Override
    public Removal untag(String repository, String tag) throws InterruptedException {
        return remove(repository, tag);
    }

    @Override
    public Removal delete(String repository, Digest digest) throws InterruptedException {
        return remove(repository, digest.value());
    }

    private Removal remove(String repository, String reference) throws InterruptedException {
        try {
            reader.registry().delete(repository, reference);
            return new Removal.Removed();
        } catch (ClientException e) {
            return Removal.of(e);
        }
    }
}
