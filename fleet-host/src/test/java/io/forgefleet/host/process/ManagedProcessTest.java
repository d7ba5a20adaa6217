package io.forgefleet.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Path directory;

    ManagedProcessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void givesVariablesAndLogsOutput() throws Exception {
        try (ManagedProcess process = ManagedProcess.start(
                shell("echo got $WORD; echo wrong >&2; exec sleep 60").with(Map.of("WORD", "it")))) {
            process.awaitReady(() -> process.outputTail().contains("wrong"), SOON);
        }
        assertThat(directory.resolve("log")).hasContent("got it\nwrong\n");
    }

    @Test
    void saysWhyItIsNotReady() {
        ManagedProcess ends = ManagedProcess.start(shell("echo no such disk; exit 3"));
        assertThatThrownBy(() -> ends.awaitReady(() -> false, SOON))
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("no such disk");
        ManagedProcess hangs = ManagedProcess.start(shell("exec sleep 60"));
        assertThatThrownBy(() -> hangs.awaitReady(() -> false, Duration.ofMillis(50)))
                .hasMessageContaining("not ready within 50 ms");
        assertThat(hangs.isAlive()).isFalse();
    }

    @Test
    void endsGrandchildrenToo() throws Exception {
        ManagedProcess process = ManagedProcess.start(shell("sleep 61 & echo $! >child; wait"));
        process.awaitReady(() -> written("child"), SOON);
        ProcessHandle grandchild = handle("child").orElseThrow();
        process.close();
        assertThat(grandchild.isAlive()).isFalse();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void killsWithoutGivingTimeToCleanUp() throws Exception {
        ManagedProcess process = ManagedProcess.start(
                shell("trap 'touch cleaned; exit' TERM; touch ready; while :; do sleep 0.05; done"));
        process.awaitReady(() -> Files.exists(directory.resolve("ready")), SOON);
        process.kill();
        assertThat(process.isAlive()).isFalse();
        assertThat(directory.resolve("cleaned")).doesNotExist();
    }

    @Test
    void diesWithTheJvmThatIsKilled() throws Exception {
        try (ManagedProcess parent = ManagedProcess.start(ProcessSpec.of(
                "parent",
                directory.resolve("parent.log"),
                List.of(
                        Program.java().toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        directory.toString())))) {
            parent.awaitReady(() -> written("child"), Duration.ofSeconds(30));
            ProcessHandle child = handle("child").orElseThrow();
            assertThat(child.isAlive()).isTrue();
            assertThat(ProcessHandle.of(parent.pid()).orElseThrow().destroyForcibly())
                    .isTrue();
            await().atMost(SOON).until(() -> !child.isAlive());
        }
    }

    @Test
    void boundsTheLog() throws Exception {
        OutputLog log = new OutputLog(directory.resolve("small"), 10_000);
        byte[] lots = "0123456789".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        log.copy(new java.io.ByteArrayInputStream(lots));
        assertThat(Files.size(directory.resolve("small")) + Files.size(directory.resolve("small.1")))
                .isLessThanOrEqualTo(2 * (10_000 + 8_192));
        assertThat(log.tail()).hasSize(4_096).endsWith("0123456789");
    }

    /** Starts a child and waits to be killed. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws InterruptedException {
            Path directory = Path.of(arguments[0]);
            ManagedProcess child = ManagedProcess.start(ProcessSpec.of(
                    "child", directory.resolve("log"), List.of("sh", "-c", "echo $$ >child; exec sleep 62")));
            child.awaitReady(() -> Files.exists(directory.resolve("child")), SOON);
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    private ProcessSpec shell(String script) {
        return ProcessSpec.of("script", directory.resolve("log"), List.of("sh", "-c", script));
    }

    private boolean written(String file) {
        try {
            Path path = directory.resolve(file);
            return Files.exists(path) && Files.size(path) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<ProcessHandle> handle(String pidFile) throws IOException {
        return ProcessHandle.of(
                Long.parseLong(Files.readString(directory.resolve(pidFile)).strip()));
    }
}
