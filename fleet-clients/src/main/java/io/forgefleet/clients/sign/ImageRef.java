package io.forgefleet.clients.sign;

import io.forgefleet.events.image.Digest;

/**
 * An image, or an index of several, in a registry.
 *
 * @param repository registry and repository as this host reaches them, without tag: {@code 127.0.0.1:5000/team/app}
 * @param plainHttp whether the registry speaks HTTP without TLS
 */
public record ImageRef(String repository, Digest digest, boolean plainHttp) {

    /** {@code repository@digest}: a tag may move between two looks, so none is ever signed. */
    public String reference() {
        return repository + "@" + digest;
    }

    @Override
    public String toString() {
        return reference();
    }
}
