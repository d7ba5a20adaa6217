package io.forgefleet.work.template;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A database in one file, checked and closed.
 *
 * @param took how long its command ran
 */
public record FinishedDatabase(Path file, DatabaseFacts facts, Duration took) {}
