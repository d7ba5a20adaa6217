package io.forgefleet.runtime.download;

import io.forgefleet.events.image.Digest;
import java.nio.file.Path;

/**
 * A file that does not change any more.
 *
 * @param digest of its bytes
 * @param bytes its size
 */
public record Download(Path file, String mediaType, Digest digest, long bytes) {}
