package io.forgefleet.events.image;

/**
 * A file that a run left in a registry.
 *
 * @param name of the file, as people get it: {@code scan.sarif}
 * @param repository registry and repository, without tag
 * @param digest of the file itself
 * @param bytes its size
 */
public record Attachment(String name, String mediaType, String repository, Digest digest, long bytes) {}
