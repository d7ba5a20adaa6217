package io.forgefleet.host.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where programs are. */
public final class Program {

    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private Program() {}

    /** The first executable of this name on {@code PATH}. */
    public static Optional<Path> onPath(String name) {
        return onPath(name, Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    static Optional<Path> onPath(String name, String path) {
        return directories(path)
                .map(directory -> Path.of(directory, name))
                .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
                .findFirst();
    }

    private static Stream<String> directories(String path) {
        return SEPARATOR.splitAsStream(path).filter(directory -> !directory.isEmpty());
    }

    /** The {@code java} that runs this process. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
