package io.forgefleet.clients.tool;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of a program: its arguments go to it as they are, never through a shell.
 *
 * @param arguments the program and its arguments; the first two name it in messages, so they hold no secret
 * @param environment the whole environment of the program; nothing is inherited
 * @param directory where it runs, null for the directory of this process
 * @param input what it reads from standard input
 * @param timeout after which it is ended with all its children
 */
public record Command(
        List<String> arguments,
        Map<String, String> environment,
        @Nullable Path directory,
        String input,
        Duration timeout) {

    /** The end of standard error that a result keeps, in bytes. */
    private static final int MOST_ERRORS = 16 * 1024;

    /** How long the streams of an ended program may stay open in the hands of children that left the tree. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** How a program ended. */
    public static final class Result {
        private final int exit;
        private final byte[] output;
        private final String errors;

        private Result(int exit, byte[] output, String errors) {
            this.exit = exit;
            this.output = output;
            this.errors = errors;
        }

        public int exit() {
            return exit;
        }

        /** What it wrote to standard output; not copied. */
        public byte[] output() {
            return output;
        }

        /** What it wrote to standard output. */
        public String text() {
            return new String(output, StandardCharsets.UTF_8);
        }

        /** The end of what it wrote to standard error. */
        public String errors() {
            return errors;
        }
    }

    /** Reads a stream of the program to its end; what it throws ends the program. Runs on a thread of its own. */
    @FunctionalInterface
    public interface Reader {
        void read(InputStream stream) throws IOException;
    }

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /**
     * Runs the program and collects what it prints.
     *
     * @param mostOutput bytes of standard output after which it is ended
     * @throws ClientException when it is missing, too slow or prints too much; whatever its exit code, it is returned
     * @throws InterruptedException when the calling thread is interrupted; the program and its children are gone then
     */
    public Result run(int mostOutput) throws ClientException, InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Tail errors = new Tail(MOST_ERRORS);
        int exit = run(stream -> copy(stream, output, mostOutput), errors::read);
        return new Result(exit, output.toByteArray(), errors.text());
    }

    /**
     * Runs the program while two readers consume what it prints, and returns its exit code. Fails as {@link #run(int)}.
     */
    public int run(Reader output, Reader errors) throws ClientException, InterruptedException {
        Process process = start();
        AtomicReference<IOException> failure = new AtomicReference<>();
        try {
            List<Thread> threads = List.of(
                    reading(process, process.getInputStream(), output, failure),
                    reading(process, process.getErrorStream(), errors, failure));
            feed(process);
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                throw new ClientException(
                        Kind.UNAVAILABLE, name() + " did not end within " + timeout.toSeconds() + " s and was ended");
            }
            for (Thread thread : threads) {
                thread.join(LINGER);
            }
        } finally {
            ProcessTree.end(process);
        }
        IOException failed = failure.get();
        if (failed != null) {
            throw new ClientException(Kind.UNAVAILABLE, name() + " was ended: " + failed.getMessage(), failed);
        }
        return process.exitValue();
    }

    private Process start() throws ClientException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(arguments));
        // else Java would look on the PATH of this process
        Programs.find(arguments.getFirst(), environment.getOrDefault("PATH", ""))
                .ifPresent(program -> builder.command().set(0, program.toString()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ClientException(
                    Kind.REFUSED,
                    arguments.getFirst()
                            + " could not be started; it must be installed and on the PATH of this service",
                    e);
        }
    }

    private static Thread reading(
            Process process, InputStream stream, Reader reader, AtomicReference<IOException> failure) {
        return Thread.ofVirtual().start(() -> {
            try (stream) {
                reader.read(stream);
            } catch (IOException e) {
                // streams closed from outside belong to a program that is being ended already
                if (process.isAlive() && failure.compareAndSet(null, e)) {
                    ProcessTree.kill(process);
                }
            }
        });
    }

    private void feed(Process process) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it ended without reading all of its input; its exit code and errors say more than this
        }
    }

    private static void copy(InputStream from, OutputStream to, int most) throws IOException {
        byte[] buffer = new byte[8192];
        int left = most;
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            left -= n;
            if (left < 0) {
                throw new IOException("it printed more than " + most + " bytes");
            }
            to.write(buffer, 0, n);
        }
    }

    /** The program and its subcommand, for messages. */
    private String name() {
        return arguments.size() > 1 ? arguments.getFirst() + " " + arguments.get(1) : arguments.getFirst();
    }
}
