package io.forgefleet.clients.scan;

import io.forgefleet.clients.scan.ScanException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The offline database of a scanner, and how old it may be.
 *
 * @param folder as its scanner lays it out
 * @param maxAge an older database is no database
 * @param clock what its age is measured by
 */
public record ScannerDatabase(Path folder, Duration maxAge, InstantSource clock) {

    private static final int MOST_DEPTH = 8;

    /**
     * Refuses a database that is not there, or too old by the newest of its files.
     *
     * @param scanner whose database it is
     */
    public void check(String scanner) throws ScanException {
        String file = ScanTools.databaseFile(scanner);
        Instant newest =
                newest(scanner, file).orElseThrow(() -> missing(scanner, "there is no " + file + " below " + folder));
        checkAge(scanner, newest);
    }

    /** Refuses a database of this time when that is too long ago. */
    public void checkAge(String scanner, Instant made) throws ScanException {
        Duration age = Duration.between(made, clock.instant());
        if (age.compareTo(maxAge) > 0) {
            throw new ScanException(
                    Problem.DATABASE_OLD,
                    "could not scan: the database of " + scanner + " in " + folder + " is " + words(age) + " old, and "
                            + words(maxAge) + " is allowed (tools.scannerDatabaseMaxAge); renew it");
        }
    }

    /** The failure of a scanner that has not found it, or a part of it. */
    public ScanException missing(String scanner, String why) {
        return new ScanException(
                Problem.DATABASE_MISSING,
                "could not scan: the database of " + scanner + " is missing: " + why
                        + "; fill tools.scannerDatabase of the fleet's configuration, every ecosystem of it");
    }

    private Optional<Instant> newest(String scanner, String file) throws ScanException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> all =
                Files.find(folder, MOST_DEPTH, (path, about) -> about.isRegularFile() && path.endsWith(file))) {
            Optional<Instant> newest = Optional.empty();
            for (Path each : all.toList()) {
                Instant modified = Files.getLastModifiedTime(each).toInstant();
                newest = newest.filter(other -> other.isAfter(modified)).or(() -> Optional.of(modified));
            }
            return newest;
        } catch (IOException e) {
            throw new ScanException(
                    Problem.DATABASE_MISSING,
                    "could not scan: the database of " + scanner + " in " + folder + " cannot be read: " + e,
                    e);
        }
    }

    private static String words(Duration duration) {
        long hours = duration.toHours();
        return hours >= 72 ? duration.toDays() + " days" : hours >= 1 ? hours + " h" : duration.toMinutes() + " min";
    }
}
