package io.forgefleet.host.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child process that does not outlive this one, even when this one is killed with -9: a small shell beside it holds
 * the other end of a pipe and ends it (TERM, 5 s later KILL) when the pipe breaks. Needs a POSIX {@code sh}. Safe for use
 * by many threads.
 */
public final class ManagedProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedProcess.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 20;
    private static final int ANSWER_MILLIS = 2_000;
    private static final long MAX_LOG_BYTES = 16L << 20;

    /** Becomes the program; leaves a guard behind, which a line on its input sends away and the input's end sets off. */
    private static final String GUARDED = """
            exec 3<&0
            (read -r ended <&3 && exit; kill -TERM $$; sleep 5; kill -KILL $$) >/dev/null 2>&1 &
            exec "$@" </dev/null 3<&-
            """;

    private final ProcessSpec spec;
    private final Process process;
    private final OutputLog output;
    private final Thread pump;

    private ManagedProcess(ProcessSpec spec, Process process) {
        this.spec = spec;
        this.process = process;
        this.output = new OutputLog(spec.log(), MAX_LOG_BYTES);
        this.pump = Thread.ofPlatform().daemon().name(spec.name() + "-output").start(this::copyOutput);
        CompletableFuture<Process> unused = process.onExit().whenComplete((ended, error) -> dismissGuard());
    }

    /**
     * Starts the process and returns at once.
     *
     * @throws UncheckedIOException if it cannot be started
     */
    public static ManagedProcess start(ProcessSpec spec) {
        try {
            Files.createDirectories(spec.log().resolveSibling(""));
            List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, spec.name()));
            command.addAll(spec.command());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(spec.directory().toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(spec.environment());
            return new ManagedProcess(spec, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + spec.name() + " failed: is there a POSIX sh on PATH?", e);
        }
    }

    /**
     * Waits until the condition holds; it is asked every 20 ms and must not block for long.
     *
     * @throws IllegalStateException with the process's last lines, if it ended or the time is over; it is stopped then
     */
    public void awaitReady(BooleanSupplier ready, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!ready.getAsBoolean()) {
            boolean alive = isAlive();
            if (alive && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
                continue;
            }
            close();
            String what = alive
                    ? "was not ready within " + within.toMillis() + " ms"
                    : "ended with exit code " + process.exitValue() + " before it was ready";
            throw new IllegalStateException(
                    spec.name() + " " + what + "; its log is " + spec.log() + " and ends with:\n" + output.tail());
        }
    }

    /** As {@link #awaitReady}, until a GET of this address answers 200. */
    public void awaitOk(URI address, Duration within) throws InterruptedException {
        awaitReady(() -> answersOk(address), within);
    }

    private static boolean answersOk(URI address) {
        try {
            HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** Process id of the program itself. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The last 4 KiB at most of what it printed. */
    public String outputTail() {
        return output.tail();
    }

    /** Ends the process and all its descendants with SIGKILL, and returns when they are gone. */
    public void kill() {
        for (ProcessHandle handle : tree()) {
            handle.destroyForcibly();
        }
        finish();
    }

    /** Asks the process and its descendants to end (SIGTERM), and kills after 10 s what is still there. */
    @Override
    public void close() {
        List<ProcessHandle> tree = tree();
        tree.forEach(ProcessHandle::destroy);
        if (!allGone(tree, STOP_WITHIN)) {
            LOG.warn("{} did not end within {} s of SIGTERM, killing it", spec.name(), STOP_WITHIN.toSeconds());
            Stream.concat(tree.stream(), tree().stream()).forEach(ProcessHandle::destroyForcibly);
        }
        finish();
    }

    private void finish() {
        boolean gone = allGone(tree(), KILLED_WITHIN);
        try {
            // A handle sees the end before the JVM has reaped the process, and only then is the exit code there.
            gone &= process.waitFor(KILLED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            if (!gone) {
                throw new IllegalStateException(
                        "%s (process %d) is still there after SIGKILL".formatted(spec.name(), pid()));
            }
            pump.join(KILLED_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Children first, so that none is lost when its parent ends. */
    private List<ProcessHandle> tree() {
        List<ProcessHandle> tree =
                new ArrayList<>(process.descendants().toList().reversed());
        tree.add(process.toHandle());
        return tree;
    }

    private static boolean allGone(List<ProcessHandle> tree, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (tree.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private void copyOutput() {
        try {
            output.copy(process.getInputStream());
        } catch (IOException e) {
            LOG.debug("output of {} ended: {}", spec.name(), e.toString());
        }
    }

    private void dismissGuard() {
        try (OutputStream guard = process.getOutputStream()) {
            guard.write("ended\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("the guard of {} has gone before: {}", spec.name(), e.toString());
        }
    }
}
