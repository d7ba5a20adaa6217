package io.forgefleet.host.engine;

import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A second {@code dockerd} on a Unix socket, with images, build cache and network of its own. Only root can have one. Its
 * folder keeps images and cache over restarts; processes, mounts, bridge and packet filter rules go with {@link #close},
 * and those of an engine that was killed with the next start in its folder. Thread-safe.
 */
public final class LocalEngine implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final List<String> PROGRAMS = List.of("dockerd", "containerd", "runc", "ip", "iptables");

    private final EngineFolder folder;
    private final Bridge bridge;
    private final Deque<AutoCloseable> ends = new ArrayDeque<>();

    private LocalEngine(EngineFolder folder) {
        this.folder = folder;
        this.bridge = new Bridge(folder.bridge());
    }

    /** Why there can be none on this machine, and what to do; empty where there can. */
    public static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("only root can start an engine");
        }
        return PROGRAMS.stream()
                .filter(program -> Program.onPath(program).isEmpty())
                .findFirst()
                .map(missing -> "there is no " + missing + " on PATH: apt-get install docker.io iproute2 iptables");
    }

    /**
     * Starts one and returns when it answers.
     *
     * @param folder of this engine alone, with a short path: a Unix socket has to fit
     * @param insecure registries that speak plain HTTP; those on loopback need not be named
     * @throws IllegalStateException saying what is missing, or why it does not start
     */
    public static LocalEngine start(Path folder, List<String> insecure) throws InterruptedException {
        obstacle().ifPresent(what -> {
            throw new IllegalStateException("no engine in " + folder + ": " + what);
        });
        LocalEngine engine = new LocalEngine(EngineFolder.of(folder));
        try {
            engine.start(insecure);
            return engine;
        } catch (IOException e) {
            engine.closeAfter(e);
            throw new IllegalStateException("no engine in " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException | RuntimeException e) {
            engine.closeAfter(e);
            throw e;
        }
    }

    private void closeAfter(Exception failure) {
        try {
            close();
        } catch (UncheckedIOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Removes what an engine that was killed has left running, mounted or configured; images and cache stay. */
    public static void tidy(Path folder) throws IOException, InterruptedException {
        if (Files.isDirectory(folder) && obstacle().isEmpty()) {
            EngineFolder left = EngineFolder.of(folder);
            left.tidy();
            new Bridge(left.bridge()).remove();
        }
    }

    private void start(List<String> insecure) throws IOException, InterruptedException {
        Files.createDirectories(folder.root());
        ends.push(lock(folder.root().resolve("lock")));
        folder.tidy();
        bridge.remove();
        ends.push(folder::tidy);
        ends.push(bridge::remove);
        bridge.create();
        folder.write(insecure);
        // one of its own even where the system's runs: dockerd would take that by itself, with all its images
        ManagedProcess containerd = run("containerd", "--config", folder.containerdConfig());
        containerd.awaitReady(() -> Files.exists(folder.containerdSocket()), READY_WITHIN);
        ManagedProcess dockerd = run("dockerd", "--config-file", folder.dockerdConfig());
        dockerd.awaitReady(() -> EngineProbe.answers(folder.socket()), READY_WITHIN);
    }

    private ManagedProcess run(String program, String option, Path config) {
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                program, folder.root().resolve(program + ".log"), List.of(program, option, config.toString())));
        ends.push(process);
        return process;
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel; // has the lock until it is closed
            }
        } catch (OverlappingFileLockException e) {
            // this process has it, told below as well
        }
        channel.close();
        throw new IOException("another engine runs there");
    }

    /** Where it answers: {@code unix:///…}. */
    public URI endpoint() {
        return URI.create("unix://" + folder.socket());
    }

    /** The address of this machine on the engine's bridge. */
    public String hostAddress() {
        return bridge.address();
    }

    /**
     * Ends it, and all that it has running.
     *
     * @throws UncheckedIOException when something is left
     */
    @Override
    public void close() {
        IOException failure = null;
        while (!ends.isEmpty()) {
            try {
                ends.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IOException("the engine in " + folder.root() + " did not end well: " + e, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw new UncheckedIOException(failure);
        }
    }
}
