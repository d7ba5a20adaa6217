package io.forgefleet.host.engine;

import io.forgefleet.host.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What an engine leaves that could not end by itself. */
final class Leftovers {

    private static final Path MOUNTS = Path.of("/proc/self/mounts");
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final Duration BY_THEMSELVES = Duration.ofSeconds(8);
    private static final long POLL_MILLIS = 20;
    private static final int MAX_OUTPUT = 1 << 16;

    private Leftovers() {}

    /** Ends the daemons that were started with one of these files; a guard that outlived its fleet is about to do so too. */
    static void endProcesses(List<Path> configs) throws IOException, InterruptedException {
        List<String> names = configs.stream().map(Path::toString).toList();
        List<ProcessHandle> daemons = ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().stream()
                        .flatMap(Arrays::stream)
                        .anyMatch(names::contains))
                // the guard is a shell with the same arguments, and ends with its daemon
                .filter(process -> process.info()
                        .command()
                        .filter(command -> command.endsWith("/dockerd") || command.endsWith("/containerd"))
                        .isPresent())
                .toList();
        daemons.forEach(ProcessHandle::destroy);
        if (!gone(daemons, BY_THEMSELVES)) {
            daemons.forEach(ProcessHandle::destroyForcibly);
            if (!gone(daemons, WITHIN)) {
                throw new IOException("processes " + daemons + " are still there after SIGKILL");
            }
        }
    }

    private static boolean gone(List<ProcessHandle> processes, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Takes away what is mounted in a folder, the innermost first. */
    static void unmount(Path folder) throws IOException {
        List<Path> mounts;
        try (Stream<String> lines = Files.lines(MOUNTS)) {
            mounts = lines.map(line -> Path.of(unescaped(line.split(" ", 3)[1])))
                    .filter(point -> point.startsWith(folder))
                    .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                    .toList();
        }
        for (Path mount : mounts) {
            run("umount", "--lazy", mount.toString());
        }
    }

    /** The kernel writes blanks as octal numbers. */
    private static String unescaped(String point) {
        return point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Runs a command of the system, and returns what it printed. */
    static String run(String... line) throws IOException {
        Command.Output output =
                new Command(List.of(line), Path.of("/"), java.util.Map.of("LC_ALL", "C"), WITHIN, MAX_OUTPUT).run();
        if (output.exitCode() != 0) {
            throw new IOException(String.join(" ", line) + " ended with " + output.exitCode() + ": " + output.error());
        }
        return output.text();
    }
}
