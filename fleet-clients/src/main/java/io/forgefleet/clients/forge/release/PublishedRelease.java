package io.forgefleet.clients.forge.release;

import java.time.Instant;

/**
 * A release that everybody sees who sees the repository.
 *
 * @param tag short name
 * @param url of its page
 * @param at when it was published, by the forge's clock
 */
public record PublishedRelease(String tag, String url, boolean prerelease, Instant at) {}
