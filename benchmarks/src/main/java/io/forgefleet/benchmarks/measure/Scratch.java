package io.forgefleet.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is deleted when this process ends, however it ends short of kill -9. */
public final class Scratch {

    private Scratch() {}

    public static Path create() {
        try {
            Path folder = Files.createTempDirectory("forgefleet-bench-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "delete-scratch"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("making a temporary folder failed", e);
        }
    }

    private static void delete(Path folder) {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            System.err.println("  " + folder + " could not be deleted: " + e.getMessage());
            return;
        }
        for (Path path : all) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                System.err.println("  " + path + " could not be deleted: " + e.getMessage());
            }
        }
    }
}
