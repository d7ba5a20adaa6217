package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;

/**
 * How one registry tells what it holds and lets go of it. Thread-safe; every call blocks, is bounded in time and stops when
 * its thread is interrupted. A repository is its path without the registry's host: {@code team/app}.
 */
public interface RegistryDriver {

    RegistryKind kind();

    /** For people: who frees the space after a deletion, and when. */
    String garbage();

    /** What can be done in a repository, asked anew. Nothing is changed by it. */
    Capabilities capabilities(String repository) throws ClientException, InterruptedException;

    /**
     * All tags, and what else the registry can list; nothing of a repository that is not there.
     *
     * @throws ClientException where it cannot be read whole: a part is no answer
     */
    Listing list(String repository) throws ClientException, InterruptedException;

    /** Manifests, referrers, blobs: the same for all registries. */
    RegistryReader reader();

    /**
     * Lets go of a tag alone. What it was is not looked at: do so just before.
     *
     * @return Refused where a manifest or another tag would go with it
     */
    Removal untag(String repository, String tag) throws InterruptedException;

    /**
     * Deletes a manifest or index, with all its tags where {@link Capabilities#deleteTakesTags}: what it is to keep must
     * have no tag there.
     */
    Removal delete(String repository, Digest digest) throws InterruptedException;
}
