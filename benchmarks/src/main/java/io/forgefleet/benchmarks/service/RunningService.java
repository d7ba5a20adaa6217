package io.forgefleet.benchmarks.service;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A service in a process of its own, ready for work. */
public final class RunningService implements AutoCloseable {

    /** What a service is configured by. */
    @FunctionalInterface
    public interface Configuration {
        /** Writes the file for one service; the ports are on loopback. */
        Path write(Bench bench, String name, int webhookPort, int managementPort);
    }

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final Duration FINISHED_WITHIN = Duration.ofMinutes(2);

    private final ManagedProcess process;
    private final int webhookPort;
    private final Duration startup;
    private final Instant readyAt = Instant.now();

    private RunningService(ManagedProcess process, int webhookPort, Duration startup) {
        this.process = process;
        this.webhookPort = webhookPort;
        this.startup = startup;
    }

    /**
     * Starts it and returns as soon as it says that it is ready; asked every 20 ms.
     *
     * @param name of the process and its files
     * @param options of the JVM
     * @param variables of its environment
     */
    public static RunningService start(
            Bench bench,
            Program program,
            String name,
            Configuration fleet,
            List<String> options,
            Map<String, String> variables)
            throws InterruptedException {
        int webhookPort = FreePort.find();
        int managementPort = FreePort.find();
        List<String> command = new ArrayList<>(program.command(options));
        command.addAll(List.of(
                "--config",
                fleet.write(bench, name, webhookPort, managementPort).toString()));
        URI ready = URI.create("http://127.0.0.1:" + managementPort + "/health/ready");
        Path log = bench.directory().resolve(name + ".log");
        long began = System.nanoTime();
        ManagedProcess process =
                ManagedProcess.start(ProcessSpec.of(name, log, command).with(variables));
        process.awaitOk(ready, READY_WITHIN);
        return new RunningService(process, webhookPort, Duration.ofNanos(System.nanoTime() - began));
    }

    /** From before the process was made to its first saying that it is ready. */
    public Duration startup() {
        return startup;
    }

    /** When it first said that it is ready. */
    public Instant readyAt() {
        return readyAt;
    }

    /** Ends it as a crash does. */
    public void kill() {
        process.kill();
    }

    /** Where it takes webhooks, if it does. */
    public int webhookPort() {
        return webhookPort;
    }

    /** Memory that it holds just now, in MiB ({@code VmRSS}). */
    double residentMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElseThrow(() -> new IOException("process " + process.pid() + " has no VmRSS"));
    }

    /**
     * Asks it to stop and waits until it has ended: a training run makes its cache meanwhile, in a process of its own that
     * must not be stopped with it.
     *
     * @return its last lines, for people
     */
    String finish() throws InterruptedException, ExecutionException, TimeoutException {
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
        handle.destroy();
        handle.onExit().get(FINISHED_WITHIN.toSeconds(), TimeUnit.SECONDS);
        return process.outputTail();
    }

    /** Stops it in order, and returns when it has ended. */
    @Override
    public void close() {
        process.close();
    }
}
