package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.host.engine.LocalEngine;
import io.forgefleet.host.process.FreePort;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void saysHowToBeginWithoutConfiguration() {
        Shell shell = Shell.fleet("up", "--config", folder.resolve("fleet.yml").toString());
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err()).contains("fleet.example.yml").contains("./fleet demo");
        assertThat(folder).as("nothing is written by itself").isEmptyDirectory();
    }

    @Test
    void saysWhichAddressIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(FreePort.find())) {
            Path config = configuration(FreePort.find(), taken.getLocalPort());
            Shell shell = Shell.fleet(Map.of("SECRET", "s3cret"), "up", "--config", config.toString());
            assertThat(shell.exit()).isEqualTo(1);
            assertThat(shell.err()).contains("listen.management").contains(String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void aSignalStopsItInOrderAndItsDirectoryServesTheNextStart() throws Exception {
        Path config = configuration(FreePort.find(), FreePort.find());
        for (int start = 1; start <= 2; start++) {
            Path log = folder.resolve("log-" + start);
            Process fleet = start(config, log);
            try {
                Awaitility.await().atMost(PATIENCE).until(() -> Files.readString(log)
                        .contains("Ctrl-C"));
                assertBuildsProtectedBranchesApart(Files.readString(log));
                fleet.destroy();
                assertThat(fleet.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("it ends")
                        .isTrue();
            } finally {
                fleet.destroyForcibly();
            }
            assertThat(fleet.exitValue()).as(Files.readString(log)).isEqualTo(143);
            assertThat(Files.readString(log)).contains("stopping").contains("fleet has stopped\"");
            assertThat(folder.resolve("data/engine-protected/run"))
                    .as("what runs of its engine")
                    .doesNotExist();
        }
    }

    private void assertBuildsProtectedBranchesApart(String log) {
        Path socket = folder.resolve("data/engine-protected/run/docker.sock");
        if (LocalEngine.obstacle().isEmpty()) {
            assertThat(log).contains("own-protected at unix://" + socket + ", for protected");
            assertThat(socket).exists();
        } else {
            assertThat(log).contains("built with --no-cache");
        }
    }

    private Path configuration(int webhooks, int management) throws IOException {
        return Files.writeString(
                folder.resolve("fleet.yml"), """
                listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                forges:
                  - {name: here, kind: forgejo, url: "http://127.0.0.1:1", webhookSecrets: ["${env:SECRET}"], repositories: ["**"]}
                registries: [{name: main, address: "127.0.0.1:1", plainHttp: true}]
                repositories: [{match: "here:**"}]
                """.formatted(webhooks, management, folder.resolve("data")));
    }

    private Process start(Path config, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        mainClassPath(),
                        Main.class.getName(),
                        "up",
                        "--config",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(Map.of("SECRET", "s3cret", "FLEET_LOG", "json"));
        return builder.start();
    }

    /** Without the classes of tests, whose logging is theirs. */
    private static String mainClassPath() {
        return String.join(
                java.io.File.pathSeparator,
                List.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)).stream()
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList());
    }
}
