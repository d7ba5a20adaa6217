package io.forgefleet.local.cli;

import io.forgefleet.events.Glob;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.gateway.pin.MalformedWorkflowException;
import io.forgefleet.gateway.pin.PinPlace;
import io.forgefleet.gateway.pin.Pins;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Workflow files of a working directory that name a CI image by a tag that may move. An image is known by the last part of its
 * name: what registry and repository it is in no working directory tells.
 */
final class FloatingPins {

    private static final int MOST_BYTES = 1 << 20;

    private FloatingPins() {}

    /** Warnings, each with path, line and column. */
    static List<String> in(Path directory, RepositoryFile declared) throws IOException {
        List<String> warnings = new ArrayList<>();
        SortedMap<String, Path> files = files(directory);
        for (CiImageSpec image : declared.ciImages()) {
            for (String path : files.keySet()) {
                if (matches(image.pinIn(), path)) {
                    warnings.addAll(of(image, path, Files.readAllBytes(files.get(path))));
                }
            }
        }
        return warnings;
    }

    private static List<String> of(CiImageSpec image, String path, byte[] content) {
        try {
            List<PinPlace> floating =
                    Pins.floating(path, Pins.decode(path, content), (String name) -> name.endsWith("/" + image.name()));
            return floating.stream()
                    .map(place -> place + " may move: the fleet proposes a pin of " + image.name()
                            + " after the next push to the default branch")
                    .toList();
        } catch (MalformedWorkflowException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static boolean matches(List<Glob> globs, String path) {
        return globs.stream().anyMatch(glob -> glob.matches(path));
    }

    private static SortedMap<String, Path> files(Path directory) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.endsWith(".git") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && attributes.size() <= MOST_BYTES) {
                    files.put(directory.relativize(file).toString().replace('\\', '/'), file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
