package io.forgefleet.benchmarks.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A service of the fleet, by the jars that its module's build left. */
public enum Program {
    GATEWAY("webhook-gateway", "io.forgefleet.gateway.Main"),
    BUILD_WORKER("build-worker", "io.forgefleet.build.Main"),
    CLEANUP_WORKER("cleanup-worker", "io.forgefleet.cleanup.Main");

    private final String module;
    private final String main;

    Program(String module, String main) {
        this.module = module;
        this.main = main;
    }

    String module() {
        return module;
    }

    /** Java and its arguments but for the configuration; {@code options} are those that differ from start to start. */
    public List<String> command(List<String> options) {
        return Stream.of(
                        Stream.of(
                                io.forgefleet.host.process.Program.java().toString(),
                                "-XX:+UseSerialGC",
                                "-Xms16m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow"),
                        options.stream(),
                        Stream.of("-cp", classPath(), main))
                .flatMap(each -> each)
                .toList();
    }

    /** Jars only and always in the same order, else an AOT cache does not fit. */
    private String classPath() {
        Path lib = Path.of(System.getProperty("forgefleet.home", "."), module, "target", "lib");
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.map(Path::toString)
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException("no jars of " + module + " in " + lib + ": build it first", e);
        }
    }
}
