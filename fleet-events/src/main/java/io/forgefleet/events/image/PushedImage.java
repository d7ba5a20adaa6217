package io.forgefleet.events.image;

import java.util.List;

/**
 * One image that a run left in a registry.
 *
 * @param name name of the image in the repository file
 * @param repository registry and repository, without tag: {@code registry.example/team/app}
 * @param tag the immutable tag; empty while it has none
 * @param digest of the manifest, or of the index for several platforms
 * @param reused whether it was there before and nothing was built
 * @param bases what it was built upon, by digest, as far as that is known: {@code docker.io/library/debian:bookworm@sha256:…}
 */
public record PushedImage(
        String name, String repository, String tag, Digest digest, boolean reused, List<String> bases) {

    public PushedImage {
        bases = bases == null ? List.of() : List.copyOf(bases); // of records from before they were told
    }

    /** One of which it is not known what it was built upon. */
    public PushedImage(String name, String repository, String tag, Digest digest, boolean reused) {
        this(name, repository, tag, digest, reused, List.of());
    }

    /** What to pull: {@code repository:tag@digest}. */
    public String reference() {
        return repository + (tag.isEmpty() ? "" : ":" + tag) + "@" + digest;
    }
}
