package io.forgefleet.cleanup.api;

import io.forgefleet.cleanup.plan.Item;

/**
 * What people ask about, by an image's name, which need not be whole: {@code registry.example/team/app:pr-7-abc1234}, or with {@code @sha256:…}.
 *
 * @param image registry and repository; empty for none at all
 * @param tag empty where it has none
 * @param digest as it was written, so it may be a part; empty where it has none
 */
record AskedImage(String image, String tag, String digest) {

    static final AskedImage NONE = new AskedImage("", "", "");

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException where that cannot be an image in a registry; the message is for people
     */
    static AskedImage of(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        String digest = at < 0 ? "" : text.substring(at + 1);
        int slash = named.lastIndexOf('/');
        int colon = named.indexOf(':', slash + 1);
        String image = colon < 0 ? named : named.substring(0, colon);
        if (slash <= 0 || image.endsWith("/") || (at >= 0 && !digest.matches("sha256:[0-9a-f]{6,64}"))) {
            throw new IllegalArgumentException("'" + text
                    + "' is no image in a registry: registry.example/team/app:TAG, or …/app@sha256:DIGEST (its first"
                    + " digits do)");
        }
        return new AskedImage(image, colon < 0 ? "" : named.substring(colon + 1), digest);
    }

    /** Whether it means this manifest; without tag and digest it means all. */
    boolean means(Item item) {
        return (tag.isEmpty() || item.tags().contains(tag))
                && item.digest().value().startsWith(digest);
    }

    @Override
    public String toString() {
        return image + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
