package io.forgefleet.host.registry;

import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A registry on loopback, plain HTTP, no password, deletion on. What was pushed stays in its directory over restarts.
 * Docker engines take {@code 127.0.0.0/8} for insecure registries by themselves.
 */
public final class LocalRegistry implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);

    private final String address;
    private final ManagedProcess process;

    private LocalRegistry(String address, ManagedProcess process) {
        this.address = address;
        this.process = process;
    }

    /**
     * Starts the newest registry program of {@code PATH} and returns once it answers.
     *
     * @param directory keeps the images, the configuration and the log
     * @param port 0 for a free one
     * @throws IllegalStateException saying how to get one when no program is there; or why it does not start
     */
    public static LocalRegistry start(Path directory, int port) throws InterruptedException {
        return start(RegistryProgram.any(), directory, port);
    }

    /** The same with this program. */
    public static LocalRegistry start(RegistryProgram program, Path directory, int port) throws InterruptedException {
        String executable = program.path().toString();
        int listen = port == 0 ? FreePort.find() : port;
        String address = "127.0.0.1:" + listen;
        Path absolute = directory.toAbsolutePath();
        Path config = writeConfig(absolute, address);
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                "registry", absolute.resolve("registry.log"), List.of(executable, "serve", config.toString())));
        process.awaitOk(URI.create("http://" + address + "/v2/"), READY_WITHIN);
        return new LocalRegistry(address, process);
    }

    /** {@code 127.0.0.1:PORT}, as it stands before an image's name. */
    public String address() {
        return address;
    }

    /** {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    private static Path writeConfig(Path directory, String address) {
        // JSON is YAML, and quotes the paths; both generations read it
        String config = """
                {"version": "0.1",
                 "log": {"level": "warn", "accesslog": {"disabled": true}},
                 "storage": {"filesystem": {"rootdirectory": "%s"}, "delete": {"enabled": true},
                             "cache": {"blobdescriptor": "inmemory"}},
                 "http": {"addr": "%s"}}
                """.formatted(quoted(directory.resolve("data")), address);
        try {
            Files.createDirectories(directory);
            return Files.writeString(directory.resolve("config.yml"), config);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the registry's configuration into " + directory, e);
        }
    }

    private static String quoted(Path path) {
        return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
