package io.forgefleet.clients.git;

import io.forgefleet.clients.tool.Folders;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Folders with whatever a repository put into them. Symbolic links are never followed. */
final class Trees {

    /** A question about a file. */
    @FunctionalInterface
    interface Question {
        boolean ask(Path file) throws IOException;
    }

    private Trees() {}

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    /** Whether a regular file below the directory answers yes. */
    static boolean anyFile(Path directory, Question question) throws IOException {
        boolean[] found = {false};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                found[0] = attributes.isRegularFile() && question.ask(file);
                return found[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }
        });
        return found[0];
    }

    /** Deletes every file or folder of a name below the directory. */
    static void deleteNamed(Path directory, String name) throws IOException {
        List<Path> named = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (folder.endsWith(name)) {
                    named.add(folder);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith(name)) {
                    named.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path path : named) {
            Folders.delete(path);
        }
    }
}
