package io.forgefleet.events.image;

/**
 * One image that a run left in a registry.
 *
 * @param name name of the image in the repository file
 * @param repository registry and repository, without tag: {@code registry.example/team/app}
 * @param tag the immutable tag; empty while it has none
 * @param digest of the manifest, or of the index for several platforms
 * @param reused whether it was there before and nothing was built
 */
public record PushedImage(String name, String repository, String tag, Digest digest, boolean reused) {

    /** What to pull: {@code repository:tag@digest}. */
    public String reference() {
        return repository + (tag.isEmpty() ? "" : ":" + tag) + "@" + digest;
    }
}
