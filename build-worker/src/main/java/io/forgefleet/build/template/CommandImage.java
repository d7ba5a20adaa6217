package io.forgefleet.build.template;

import io.forgefleet.events.image.Digest;

/**
 * The image that a command runs in.
 *
 * @param repository with its registry as the engine reaches it, without tag
 */
public record CommandImage(String repository, Digest digest) {}
