package io.forgefleet.host.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A command that ends soon, run to its end with bounded time and output. Blocks its caller.
 *
 * @param line program and arguments
 * @param directory its working directory
 * @param environment variables over those of this process
 * @param within it is killed after this
 * @param maxOutputBytes bound of its standard output; more is an error
 */
public record Command(
        List<String> line, Path directory, Map<String, String> environment, Duration within, int maxOutputBytes) {

    private static final int MAX_ERROR_BYTES = 4_096;

    public Command {
        line = List.copyOf(line);
        environment = Map.copyOf(environment);
    }

    /**
     * What a command left.
     *
     * @param exitCode 0 for success by custom
     * @param bytes its standard output
     * @param error the first 4 KiB at most of its standard error
     */
    @SuppressWarnings("ArrayRecordComponent") // read once by the caller, never compared
    public record Output(int exitCode, byte[] bytes, String error) {

        /** Standard output as text. */
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * Runs it without input.
     *
     * @throws IOException if it cannot be started, prints too much, or takes too long
     */
    public Output run() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            process.getOutputStream().close();
            CompletableFuture<byte[]> error =
                    CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()), threads);
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> endsInTime(process), threads);
            byte[] output = process.getInputStream().readNBytes(maxOutputBytes + 1);
            if (output.length > maxOutputBytes) {
                throw new IOException(line.getFirst() + " printed more than " + maxOutputBytes + " bytes");
            }
            if (!ended.join()) {
                throw new IOException(line.getFirst() + " took more than " + within.toMillis() + " ms");
            }
            return new Output(process.exitValue(), output, new String(error.join(), StandardCharsets.UTF_8).strip());
        } finally {
            end(process);
        }
    }

    private boolean endsInTime(Process process) {
        try {
            boolean ended = process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                end(process);
            }
            return ended;
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Kills a process and its descendants; nothing to do for one that has ended. */
    static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static byte[] drain(InputStream stream) {
        try (stream) {
            byte[] first = stream.readNBytes(MAX_ERROR_BYTES);
            stream.transferTo(java.io.OutputStream.nullOutputStream());
            return first;
        } catch (IOException e) {
            return new byte[0]; // killed
        }
    }
}
