package io.forgefleet.clients.registry;

import io.forgefleet.events.image.Digest;

/**
 * A layer of an image.
 *
 * @param bytes as it is stored, compressed
 * @param createdBy what made it, as the image's history says: {@code COPY a /b # buildkit}; empty where that does not tell
 */
public record ImageLayer(Digest digest, long bytes, String createdBy) {}
