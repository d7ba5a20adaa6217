package io.forgefleet.work.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.engine.container.Containers;
import io.forgefleet.clients.engine.container.TarFiles;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in real containers. */
class SandboxTest {

    private static final String ENGINE = "unix:///var/run/docker.sock";
    private static final RunId RUN = RunId.derive("event", "template", "template-db", "");
    private static final int MEMORY = 64 << 20;

    @TempDir
    static Path site;

    private static LocalRegistry registry;
    private static Digest box;
    private static Sandbox sandbox;

    @TempDir
    Path folder;

    private final String what = "test/" + UUID.randomUUID();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Path files;
    private Path outputs;

    @BeforeAll
    static void start() throws Exception {
        sandbox = new Sandbox(
                ENGINE,
                DockerCredentials.ofThisProcess(),
                new SandboxLimits(1, MEMORY, 50, 1_000_000),
                site.resolve("scratch"),
                Duration.ofMinutes(5));
        assumeTrue(sandbox.answers(), "no Docker engine answers at " + ENGINE);
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        var root = ProgramRoot.make(Files.createDirectory(site.resolve("root")), List.of());
        assumeTrue(root.isPresent(), "no busybox: apt-get install busybox-static");
        registry = LocalRegistry.start(site.resolve("registry"), 0);
        box = new Digest(new SmallImages(registry.address(), "base/box").push(site, "linux/amd64", root.get()));
    }

    @AfterAll
    static void stop() throws Exception {
        sandbox.close();
        if (registry != null) {
            registry.close();
        }
    }

    @BeforeEach
    void folders() throws Exception {
        files = Files.createDirectory(folder.resolve("files"));
        outputs = Files.createDirectory(folder.resolve("outputs"));
    }

    @Test
    void filesGoInAndComeOut() throws Exception {
        Files.createDirectories(files.resolve("a/b"));
        Files.writeString(files.resolve("a/b/in.txt"), "hello");
        Files.createSymbolicLink(files.resolve("link"), Path.of("a/b/in.txt"));
        SandboxResult result = run("pwd; echo \"$GREETING\" >&2; cat link > /outputs/out.txt; echo x > here");
        assertThat(result.succeeded()).as(result.toString()).isTrue();
        assertThat(result.left()).containsExactly("out.txt");
        assertThat(outputs.resolve("out.txt")).hasContent("hello");
        assertThat(log).containsExactlyInAnyOrder("/workspace", "hi there");
        assertThat(result.took()).isPositive();
        assertThat(files.resolve("here"))
                .as("the host's own folder is not written to")
                .doesNotExist();
        assertGone();
    }

    @Test
    void itCanReachNothing() throws Exception {
        SandboxResult result = run("""
                ls /sys/class/net; ls /var/run/docker.sock; env
                wget -T 2 -q -O - http://%s/v2/ || echo no network
                busybox mount -t tmpfs x /tmp || echo no mount
                busybox chown 7 /workspace || echo no chown
                busybox grep -E 'CapEff|NoNewPrivs' /proc/self/status
                """.formatted(registry.address()));
        assertThat(log)
                .contains("lo", "no network", "no mount", "no chown")
                .anyMatch(line -> line.matches("CapEff:\\s+0+"))
                .anyMatch(line -> line.matches("NoNewPrivs:\\s+1"))
                .noneMatch(line -> line.equals("eth0"))
                .noneMatch(line -> line.startsWith("DOCKER"));
        assertThat(result.succeeded()).isTrue();
    }

    @Test
    void itHasANetworkWhereItAsksForOne() throws Exception {
        SandboxResult result = run(task("ls /sys/class/net", true, Duration.ofSeconds(30)));
        assertThat(result.succeeded()).isTrue();
        assertThat(log).anyMatch(line -> line.startsWith("eth"));
    }

    @Test
    void aFailureKeepsItsLastLines() throws Exception {
        SandboxResult result = run("for i in $(busybox seq 1 7000); do echo line $i; done; exit 3");
        assertThat(result.succeeded()).isFalse();
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.lastLines()).hasSize(20).endsWith("line 6999", "line 7000");
        assertThat(log).hasSize(5001).endsWith("line 5000", "… what it prints further is not kept");
        assertGone();
    }

    @Test
    void whoTakesTooLongIsEnded() throws Exception {
        SandboxResult result = run(task("echo begun; sleep 100", false, Duration.ofSeconds(2)));
        assertThat(result.timedOut()).isTrue();
        assertThat(result.succeeded()).isFalse();
        assertThat(result.lastLines()).containsExactly("begun");
        assertThat(result.took()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(10));
        assertGone();
    }

    @Test
    void whoTakesTooMuchMemoryIsEnded() throws Exception {
        SandboxResult result = run("exec dd if=/dev/zero of=/dev/null bs=200M count=1");
        assertThat(result.succeeded()).isFalse();
        assertThat(result.outOfMemory()).as(result.toString()).isTrue();
    }

    @Test
    void whoStartsTooManyProcessesCannot() throws Exception {
        SandboxResult result = run("for i in $(busybox seq 1 100); do sleep 5 & done");
        assertThat(result.succeeded()).isFalse();
        assertThat(result.lastLines()).anyMatch(line -> line.contains("can't fork"));
    }

    @Test
    void whatItLeavesIsBounded() {
        assertThatThrownBy(() -> run("dd if=/dev/zero of=/outputs/big bs=1M count=2"))
                .isInstanceOf(TarFiles.TooMuchException.class)
                .hasMessage("more than 1000000 bytes");
        assertThatThrownBy(() -> run("cd /outputs; for i in $(busybox seq 1 1100); do echo > $i; done"))
                .isInstanceOf(TarFiles.TooMuchException.class)
                .hasMessage("more than 1000 files");
        assertGone();
    }

    @Test
    void onlyPlainFilesComeOut() throws Exception {
        SandboxResult result = run(
                "cd /outputs; mkdir d; echo x > d/in; busybox ln -s /etc/passwd link; busybox mkfifo pipe; echo y > ok");
        assertThat(result.left()).containsExactlyInAnyOrder("d/", "d/in", "link", "pipe", "ok");
        try (Stream<Path> there = Files.list(outputs)) {
            assertThat(there).containsExactly(outputs.resolve("ok"));
        }
        SandboxResult without = run("busybox rm -r /outputs");
        assertThat(without.left()).isEmpty();
    }

    @Test
    void whoIsInterruptedLeavesNothing() throws Exception {
        Thread runner = Thread.ofPlatform().start(() -> {
            try {
                run("echo begun; sleep 100");
            } catch (InterruptedException e) {
                log.add("interrupted");
            } catch (Exception e) {
                log.add("failed " + e);
            }
        });
        await().until(() -> log.contains("begun"));
        runner.interrupt();
        runner.join(Duration.ofSeconds(20));
        assertThat(log).contains("interrupted");
        assertGone();
    }

    /** As a worker leaves one that is killed with -9. */
    @Test
    void whoBeginsAgainRemovesWhatWasLeftOver() throws Exception {
        Thread lost = Thread.ofPlatform().daemon().start(() -> {
            try {
                run("echo begun; sleep 60");
            } catch (Exception e) {
                log.add("ended");
            }
        });
        await().until(() -> log.contains("begun"));
        SandboxResult result = run("echo second");
        assertThat(result.succeeded()).isTrue();
        lost.join(Duration.ofSeconds(20));
        assertThat(lost.isAlive()).as("its container is gone").isFalse();
        assertGone();
    }

    @Test
    void sweepingLeavesAloneWhoMayBeAtWork() throws Exception {
        Thread runner = Thread.ofPlatform().daemon().start(() -> {
            try {
                if (run("echo begun; sleep 3").succeeded()) {
                    log.add("done");
                }
            } catch (Exception e) {
                log.add("failed " + e);
            }
        });
        await().until(() -> log.contains("begun"));
        sandbox.sweep();
        runner.join();
        assertThat(log).contains("done");
    }

    private SandboxResult run(String command) throws Exception {
        return run(task(command, false, Duration.ofSeconds(60)));
    }

    private SandboxResult run(SandboxTask task) throws Exception {
        return sandbox.run(task, Map.of(Sandbox.OUTPUTS, outputs), log::add);
    }

    private SandboxTask task(String command, boolean network, Duration timeout) {
        return new SandboxTask(
                registry.address() + "/base/box",
                box,
                files,
                command,
                Map.of("GREETING", "hi there"),
                network,
                timeout,
                what,
                RUN);
    }

    private void assertGone() {
        try (Engine engine = new Engine(ENGINE, null, DockerCredentials.ofThisProcess(), Duration.ofSeconds(20))) {
            Containers containers = new Containers(engine);
            assertThat(containers.labelled("io.forgefleet.sandbox.what=" + what))
                    .isEmpty();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
