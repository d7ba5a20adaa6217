package io.forgefleet.host.forge.git;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of {@code git http-backend}; closing it kills what is left of it. */
final class CgiProcess implements AutoCloseable {

    private static final int MAX_ERROR_BYTES = 4_096;

    private final Process process;
    private final BufferedInputStream output;
    private volatile String error = "";

    private CgiProcess(Process process) {
        this.process = process;
        this.output = new BufferedInputStream(process.getInputStream());
        Thread unused = Thread.ofVirtual().name("git-http-backend-error").start(this::readError);
    }

    static CgiProcess start(Path directory, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of("git", "http-backend")).directory(directory.toFile());
        builder.environment().putAll(environment);
        return new CgiProcess(builder.start());
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    BufferedInputStream output() {
        return output;
    }

    /** The first 4 KiB at most of what it complained about. */
    String error() {
        return error;
    }

    int await(Duration within) throws IOException, InterruptedException {
        if (!process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException("git http-backend did not end within " + within.toSeconds() + " s");
        }
        return process.exitValue();
    }

    private void readError() {
        try (InputStream stream = process.getErrorStream()) {
            error = new String(stream.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8).strip();
            stream.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            error = "unreadable: " + e;
        }
    }

    /** Ends it at once, from any thread. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
