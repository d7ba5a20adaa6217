package io.forgefleet.local.demo.site;

import io.forgefleet.host.engine.LocalEngine;
import io.forgefleet.local.up.TrustEngines;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where one demo keeps everything, below the user's cache; gone with it. */
public final class DemoFolder {

    private static final String PREFIX = "demo-";

    private DemoFolder() {}

    /** Makes an empty one, and removes those of demos that were killed. */
    public static Path make(Map<String, String> environment) throws IOException, InterruptedException {
        Path parent = Files.createDirectories(cache(environment).resolve("forgefleet"));
        try (Stream<Path> siblings = Files.list(parent)) {
            List<Path> dead = siblings.filter(DemoFolder::isDead).toList();
            for (Path folder : dead) {
                tidyEngines(folder);
                delete(folder);
            }
        }
        Path folder = parent.resolve(PREFIX + ProcessHandle.current().pid());
        delete(folder);
        return Files.createDirectories(folder);
    }

    /** What is mounted cannot be deleted, and a bridge outlives who made it. */
    private static void tidyEngines(Path folder) throws IOException, InterruptedException {
        try (Stream<Path> parts = Files.list(folder)) {
            for (Path part : parts.toList()) {
                if (part.getFileName().toString().startsWith(TrustEngines.PREFIX)) {
                    LocalEngine.tidy(part);
                }
            }
        }
    }

    private static Path cache(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        return cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("java.io.tmpdir")), ".cache");
    }

    private static boolean isDead(Path folder) {
        String name = folder.getFileName().toString();
        return name.matches(PREFIX + "[0-9]{1,9}")
                && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                        .isEmpty();
    }

    /** Removes a folder with all that is in it; nothing to do where it is not there. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
