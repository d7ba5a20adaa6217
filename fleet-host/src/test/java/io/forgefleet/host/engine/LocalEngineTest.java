package io.forgefleet.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second engine on a machine whose first one goes on working. */
class LocalEngineTest {

    private static final String FIRST = "unix:///var/run/docker.sock";
    private static final String DOCKERFILE = """
            FROM scratch
            COPY unique /unique
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "wget", "-q", "-O", "/hello", "http://%s:%d/hello"]
            """.formatted(Neighbour.ADDRESS, Neighbour.PORT);

    @TempDir
    static Path folder;

    private static Neighbour neighbour;

    @BeforeAll
    static void start() throws Exception {
        LocalEngine.obstacle().ifPresent(what -> assumeTrue(false, what));
        assumeTrue(Program.onPath("docker").isPresent(), "no docker command to build with");
        Path busybox = Program.onPath("busybox").orElse(null);
        assumeTrue(busybox != null, "no busybox: apt-get install busybox-static");
        neighbour = Neighbour.start(folder);
        Path context = Files.createDirectories(folder.resolve("context"));
        Files.copy(busybox, context.resolve("busybox"));
        Files.writeString(context.resolve("unique"), UUID.randomUUID().toString());
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
    }

    @AfterAll
    static void end() throws Exception {
        if (neighbour != null) {
            neighbour.close();
        }
    }

    @Test
    void bothEnginesReachOtherMachinesAndNeitherSeesTheOthersImagesOrCache() throws Exception {
        String rules = foreignRules();
        Path home = folder.resolve("own");
        String image = "fleet-host-test:" + UUID.randomUUID();
        try (LocalEngine engine = LocalEngine.start(home, List.of())) {
            String second = engine.endpoint().toString();
            assertThat(foreignRules()).as("packet filter rules of others").isEqualTo(rules);
            assertThat(build(second, image)).doesNotContain("CACHED");
            assertThat(build(second, image)).as("its own cache").contains("CACHED");
            assertThat(docker(FIRST, "images", "-q", image)).isEmpty();
            try {
                assertThat(build(FIRST, image + "-first"))
                        .as("the first engine's network, and the other's cache")
                        .doesNotContain("CACHED");
                assertThat(docker(second, "images", "-q", image + "-first")).isEmpty();
            } finally {
                docker(FIRST, "image", "rm", image + "-first");
            }
            assertThatThrownBy(() -> LocalEngine.start(home, List.of()))
                    .as("two in one folder")
                    .hasMessageContaining("another engine runs there");
        }
        assertNothingIsLeftOf(home);
        try (LocalEngine again = LocalEngine.start(home, List.of())) {
            assertThat(docker(again.endpoint().toString(), "images", "-q", image))
                    .as("images over a restart")
                    .isNotEmpty();
        }
        assertThat(foreignRules()).isEqualTo(rules);
    }

    @Test
    void whatAKilledOneLeftGoesWithTheNext() throws Exception {
        Path home = folder.resolve("killed");
        Process fleet = new ProcessBuilder(
                        Program.java().toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineForATest.class.getName(),
                        home.toString())
                .redirectError(folder.resolve("killed.log").toFile())
                .start();
        try {
            assertThat(fleet.inputReader().readLine())
                    .as(() -> read(folder.resolve("killed.log")))
                    .startsWith("unix://");
        } finally {
            fleet.destroyForcibly().waitFor();
        }
        assertThat(Leftovers.run("ip", "-o", "link"))
                .contains(EngineFolder.of(home).bridge() + ":");

        LocalEngine.start(home, List.of()).close();

        assertNothingIsLeftOf(home);
    }

    @Test
    void aFolderTooDeepForASocketIsRefusedAtOnce() {
        Path deep = folder.resolve("x".repeat(100));
        assertThatThrownBy(() -> LocalEngine.start(deep, List.of())).hasMessageContaining("whose path has at most");
        assertThat(deep).doesNotExist();
    }

    private static void assertNothingIsLeftOf(Path home) throws IOException {
        String bridge = EngineFolder.of(home).bridge();
        assertThat(Leftovers.run("ip", "-o", "link")).doesNotContain(bridge);
        assertThat(Leftovers.run("iptables-save")).doesNotContain(bridge);
        assertThat(Path.of("/proc/self/mounts")).content().doesNotContain(home.toString());
        assertThat(ProcessHandle.allProcesses()
                        .map(each -> each.info().commandLine().orElse(""))
                        .filter(line -> line.contains(home + "/run/"))
                        .filter(line -> !line.contains("read -r ended"))) // a guard, which goes within 5 s
                .isEmpty();
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "lock", "containerd.log", "dockerd.log");
        }
    }

    /** All rules but those of engines of this kind, without their counters. */
    private static String foreignRules() throws IOException {
        List<String> rules = new ArrayList<>();
        for (String line : Leftovers.run("iptables-save").lines().toList()) {
            if (line.startsWith("-A") && !line.contains(" " + Bridge.PREFIX)) {
                rules.add(line);
            }
        }
        return String.join("\n", rules);
    }

    private static String build(String engine, String image) throws IOException {
        return docker(engine, "build", "--progress=plain", "--provenance=false", "-t", image, "context");
    }

    private static String docker(String engine, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("sh", "-c", "exec docker \"$@\" 2>&1", "docker", "-H", engine));
        line.addAll(List.of(arguments));
        Command.Output output =
                new Command(line, folder, Map.of("BUILDX_BUILDER", ""), Duration.ofMinutes(1), 1 << 20).run();
        assertThat(output.exitCode()).as(output.text()).isZero();
        return output.text();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
