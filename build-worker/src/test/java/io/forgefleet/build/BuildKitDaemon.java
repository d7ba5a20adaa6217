package io.forgefleet.build;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real buildkitd with a state of its own. */
record BuildKitDaemon(ManagedProcess process, Path folder, int port) implements AutoCloseable {

    static void assumePresent() {
        String path = System.getenv("PATH");
        Optional<Path> missing =
                Programs.find("buildkitd", path).isEmpty() ? Optional.of(Path.of("buildkitd")) : Optional.empty();
        assumeTrue(missing.isEmpty() && Programs.find("runc", path).isPresent(), "no buildkitd or no runc on PATH");
    }

    /** @param registries that speak plain HTTP */
    static BuildKitDaemon start(Path folder, int port, String... registries) throws Exception {
        Files.createDirectories(folder);
        StringBuilder config = new StringBuilder("""
                root = "%s"
                [grpc]
                  address = ["tcp://127.0.0.1:%d"]
                [worker.oci]
                  enabled = true
                [worker.containerd]
                  enabled = false
                """.formatted(folder.resolve("root"), port));
        for (String registry : registries) {
            config.append("[registry.\"").append(registry).append("\"]\n  http = true\n");
        }
        Path file = Files.writeString(folder.resolve("buildkitd.toml"), config);
        ManagedProcess process = ManagedProcess.start(
                ProcessSpec.of("buildkitd", folder.resolve("log"), List.of("buildkitd", "--config", file.toString())));
        process.awaitReady(() -> answers(port), Duration.ofSeconds(30));
        return new BuildKitDaemon(process, folder, port);
    }

    /** What it says of the builds that it had, and has: `record`, with `error` and `CompletedAt` once one has ended. */
    String history() throws Exception {
        return new Command(
                        List.of(
                                "buildctl",
                                "--addr",
                                "tcp://127.0.0.1:" + port,
                                "debug",
                                "histories",
                                "--format",
                                "{{json .}}"),
                        Map.of("PATH", System.getenv("PATH")),
                        null,
                        "",
                        Duration.ofSeconds(10))
                .run(1 << 16)
                .text();
    }

    static int freePort() {
        return FreePort.find();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it; of one that was killed, what its steps had mounted is left and goes here. */
    @Override
    public void close() {
        process.close();
        try {
            for (String mount : Files.readAllLines(Path.of("/proc/self/mounts")).reversed()) {
                String at = mount.split(" ", -1)[1];
                if (at.startsWith(folder + "/")) {
                    new Command(
                                    List.of("umount", "-l", at),
                                    Map.of("PATH", System.getenv("PATH")),
                                    null,
                                    "",
                                    Duration.ofSeconds(10))
                            .run(4096);
                }
            }
        } catch (IOException | ClientException e) {
            throw new IllegalStateException("mounts below " + folder + " are left", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
