package io.forgefleet.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.runtime.topic.ShareGroup;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole processes, as they are started and stopped in production. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServiceMainTest {

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    private Path folder;

    /** Waits for Kafka, says so, and stops as its first argument says. */
    static final class Sample {
        public static void main(String[] arguments) {
            ServiceMain.run("sample", new String[0], service -> {
                service.onStop(StopStage.CLOSE, "tell", left -> System.out.println("closed"));
                service.onStop(StopStage.INTAKE, "tell", left -> System.out.println("no intake"));
                switch (arguments[0]) {
                    case "fails" -> throw new IllegalStateException("cannot start");
                    case "hangs" ->
                        service.onStop(StopStage.DRAIN, "hanging", left -> Thread.sleep(Duration.ofMinutes(5)));
                    default -> service.awaitKafka(ShareGroup.of("build", Duration.ofSeconds(30)));
                }
                System.out.println("started, missing: " + service.readiness().missing());
            });
        }
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void startsWaitsForKafkaAndStopsInOrderOnSigterm() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")))) {
            Process process = sample("works", broker.bootstrap());
            try (BufferedReader out = process.inputReader()) {
                // Kafka is there, yet nothing is ready before the wiring has come to its end
                assertThat(lineWith("started", out))
                        .isEqualTo("started, missing: {start=parts are still being started}");
                process.toHandle().destroy();
                assertThat(lineWith("no intake", out)).isNotNull();
                assertThat(lineWith("closed", out)).isNotNull();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        }
    }

    @Test
    void aDrainThatHangsEndsAtItsDeadlineAndTheExitCodeTells() throws Exception {
        Process process = sample("hangs", "127.0.0.1:1");
        try (BufferedReader out = process.inputReader()) {
            assertThat(lineWith("started", out)).isNotNull();
            process.toHandle().destroy();
            assertThat(lineWith("closed", out)).isNotNull();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ServiceMain.Exit.NOT_CLEAN.code());
        }
    }

    @Test
    void aStartThatFailsClosesWhatWasOpened() throws Exception {
        Process process = sample("fails", "127.0.0.1:1");
        try (BufferedReader out = process.inputReader()) {
            String all = String.join("\n", out.lines().toList());
            assertThat(all).contains("cannot start", "closed");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ServiceMain.Exit.FAILED.code());
        }
    }

    @Test
    void aWrongConfigurationStartsNothingAndShowsEveryError() throws Exception {
        Path file = folder.resolve("wrong.yml");
        Files.writeString(file, "kafka: {bootstrp: a:1}\nlisten: {management: here}\n");
        assertThat(errorsOf("--config", file.toString()))
                .contains("/kafka/bootstrp: is not known here; did you mean bootstrap?")
                .contains("/listen/management: host:port");
        assertThat(errorsOf("--confg", file.toString())).contains("[--config FILE] was expected");
        Files.writeString(file, "");
        assertThat(errorsOf("--config", file.toString())).contains("kafka.bootstrap is not set");
    }

    private static String errorsOf(String... arguments) {
        var errors = new ByteArrayOutputStream();
        var exit = ServiceMain.start(
                "sample",
                arguments,
                Map.of(),
                service -> {
                    throw new AssertionError("must not start");
                },
                new PrintStream(errors, true, StandardCharsets.UTF_8));
        assertThat(exit).isEqualTo(ServiceMain.Exit.MISCONFIGURED);
        return errors.toString(StandardCharsets.UTF_8);
    }

    private Process sample(String how, String bootstrap) throws Exception {
        Path file = folder.resolve("fleet.yml");
        Files.writeString(
                file,
                "listen: {management: '127.0.0.1:0'}\nintervals: {drain: 100ms, closing: 1s}\nkafka: {replication: 1}\n");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sample.class.getName(),
                        how)
                .redirectErrorStream(true);
        builder.environment().put("FLEET_CONFIG", file.toString());
        builder.environment().put("FLEET_KAFKA_BOOTSTRAP", bootstrap);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static String lineWith(String part, BufferedReader out) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains(part)) {
                return line;
            }
            all.append(line).append('\n');
        }
        throw new AssertionError("no line with '" + part + "' in:\n" + all);
    }
}
