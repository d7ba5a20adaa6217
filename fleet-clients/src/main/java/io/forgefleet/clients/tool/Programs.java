package io.forgefleet.clients.tool;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs are. */
public final class Programs {

    private Programs() {}

    /**
     * Looks for a program as a shell does.
     *
     * @param name without folder
     * @param path folders as in the variable PATH
     * @return empty when none of the folders holds it as something to run
     */
    public static Optional<Path> find(String name, String path) {
        if (name.contains("/")) {
            return Optional.empty();
        }
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
