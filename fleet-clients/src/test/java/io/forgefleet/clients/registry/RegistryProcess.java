package io.forgefleet.clients.registry;

import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A real registry on a free port.
 *
 * @param host with port
 */
public record RegistryProcess(String host, Runnable stop) implements AutoCloseable {

    /** The registries that these machines may have. */
    public enum Kind {
        DISTRIBUTION_2,
        DISTRIBUTION_3,
        CRANE
    }

    /** Starts the newest one that is installed. */
    public static RegistryProcess any(Path folder) throws Exception {
        Assumptions.assumeTrue(
                RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        LocalRegistry registry = LocalRegistry.start(folder.resolve("registry"), 0);
        return new RegistryProcess(registry.address(), registry::close);
    }

    public static RegistryProcess start(Kind kind, Path folder) throws Exception {
        if (kind == Kind.CRANE) {
            return crane(folder);
        }
        RegistryProgram program = RegistryProgram.valueOf(kind.name());
        Assumptions.assumeTrue(program.isAvailable(), program + " is not on the PATH: no such registry to test on");
        LocalRegistry registry = LocalRegistry.start(program, folder.resolve("registry"), 0);
        return new RegistryProcess(registry.address(), registry::close);
    }

    private static RegistryProcess crane(Path folder) throws Exception {
        Path program = Program.onPath("crane").orElse(null);
        Assumptions.assumeTrue(program != null, "crane is not on the PATH: no registry in memory to test on");
        int port = FreePort.find();
        String host = "127.0.0.1:" + port;
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                "crane",
                folder.resolve("crane.log"),
                List.of(String.valueOf(program), "registry", "serve", "--address", host)));
        process.awaitReady(() -> answers(port), Duration.ofSeconds(20));
        return new RegistryProcess(host, process::close);
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static DockerCredentials none(Path folder) {
        return new DockerCredentials(folder.resolve("none.json"), Map.of());
    }

    @Override
    public void close() {
        stop.run();
    }
}
