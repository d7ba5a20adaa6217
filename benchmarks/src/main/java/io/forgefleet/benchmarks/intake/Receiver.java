package io.forgefleet.benchmarks.intake;

/**
 * Something that takes webhooks on loopback.
 *
 * @param path that they are sent to
 */
record Receiver(String name, int port, String path) {}
