package io.forgefleet.host.forge.git;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Git's smart HTTP by {@code git http-backend}, a CGI program: bodies are streamed both ways, on threads that may block.
 * What a push moved is told by a hook of the repository, so pushes at the same time are not mixed up.
 */
public final class GitHttp {

    private static final Logger LOG = LoggerFactory.getLogger(GitHttp.class);
    private static final int MAX_AT_ONCE = 32;
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    private static final Duration WRITE_WITHIN = Duration.ofMinutes(1);
    private static final Duration END_WITHIN = Duration.ofMinutes(10);
    private static final int CHUNK = 32_768;
    private static final long MAX_UPDATES_BYTES = 4 << 20;

    private final ExecutorService threads;
    private final Path root;
    private final Path updates;
    private final long maxBodyBytes;
    private final Semaphore slots = new Semaphore(MAX_AT_ONCE);

    /**
     * @param threads may block: one that makes a virtual thread per task
     * @param root folder of all repositories
     * @param maxBodyBytes largest push
     */
    public GitHttp(ExecutorService threads, Path root, long maxBodyBytes) throws IOException {
        this.threads = threads;
        this.root = root;
        this.updates = Files.createDirectories(root.resolve(".updates"));
        this.maxBodyBytes = maxBodyBytes;
    }

    /**
     * Serves one request; to be called on its event loop, returns at once.
     *
     * @param pathInfo {@code /owner/name.git/…} below the root
     * @param user who was found to be asking; needed for a push
     * @param pushed told what a push moved, on a thread that may block, before the pusher has its answer
     */
    public void serve(
            HttpServerRequest request,
            Context context,
            String pathInfo,
            Optional<String> user,
            Consumer<List<RefUpdate>> pushed) {
        RequestBody body = new RequestBody(request, context, maxBodyBytes);
        threads.execute(() -> {
            try {
                if (declaredLength(request) > maxBodyBytes) {
                    refuse(request.response(), 413, "a push may have " + maxBodyBytes + " bytes");
                } else if (slots.tryAcquire(MAX_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                    try {
                        run(request, body, pathInfo, user, pushed);
                    } finally {
                        slots.release();
                    }
                } else {
                    refuse(request.response(), 503, "too many git requests at once");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void run(
            HttpServerRequest request,
            RequestBody body,
            String pathInfo,
            Optional<String> user,
            Consumer<List<RefUpdate>> pushed)
            throws InterruptedException {
        Path moved = updates.resolve(UUID.randomUUID().toString());
        try (CgiProcess cgi = CgiProcess.start(root, environment(request, pathInfo, user, moved))) {
            request.response().closeHandler(nothing -> cgi.kill());
            threads.execute(() -> send(body, cgi));
            answer(request.response(), cgi.output());
            int exitCode = cgi.await(END_WITHIN);
            if (exitCode != 0) {
                LOG.warn("git http-backend for {} ended with {}: {}", pathInfo, exitCode, cgi.error());
            }
            if (Files.exists(moved)) {
                pushed.accept(read(moved));
            }
            request.response().end();
        } catch (IOException | RuntimeException e) {
            LOG.warn("git request {} failed", pathInfo, e);
            request.connection().close();
        } finally {
            delete(moved);
        }
    }

    private static void send(RequestBody body, CgiProcess cgi) {
        try {
            body.copyTo(cgi.input());
        } catch (IOException e) {
            LOG.debug("git's input ended early: {}", e.toString());
            cgi.kill();
        } catch (InterruptedException e) {
            cgi.kill();
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpServerResponse response, BufferedInputStream output) throws IOException {
        CgiHeaders headers = CgiHeaders.read(output);
        response.setStatusCode(headers.status()).setChunked(true);
        headers.fields().forEach(response::putHeader);
        for (byte[] chunk = readSome(output); chunk.length > 0; chunk = readSome(output)) {
            write(response, Buffer.buffer(chunk));
        }
    }

    /** Returns when the client has taken what was written before. */
    private static void write(HttpServerResponse response, Buffer chunk) throws IOException {
        try {
            response.write(chunk).await(WRITE_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the client takes nothing since " + WRITE_WITHIN.toSeconds() + " s", e);
        }
    }

    /** What is there, so that progress reaches the client as it comes; empty at the end. */
    private static byte[] readSome(InputStream output) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int n = output.read(chunk);
        return n < 0 ? new byte[0] : Arrays.copyOf(chunk, n);
    }

    private Map<String, String> environment(
            HttpServerRequest request, String pathInfo, Optional<String> user, Path moved) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("GIT_PROJECT_ROOT", root.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put(GitRepository.UPDATES_VARIABLE, moved.toString());
        environment.put("PATH_INFO", pathInfo);
        environment.put("REQUEST_METHOD", request.method().name());
        environment.put("QUERY_STRING", Optional.ofNullable(request.query()).orElse(""));
        environment.put("REMOTE_ADDR", "127.0.0.1");
        user.ifPresent(name -> environment.put("REMOTE_USER", name));
        header(request, "Content-Type").ifPresent(value -> environment.put("CONTENT_TYPE", value));
        header(request, "Content-Length").ifPresent(value -> environment.put("CONTENT_LENGTH", value));
        header(request, "Content-Encoding").ifPresent(value -> environment.put("HTTP_CONTENT_ENCODING", value));
        header(request, "Git-Protocol").ifPresent(value -> environment.put("GIT_PROTOCOL", value));
        return environment;
    }

    private static Optional<String> header(HttpServerRequest request, String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    private static long declaredLength(HttpServerRequest request) {
        return header(request, "Content-Length").map(Long::parseLong).orElse(0L);
    }

    private static void refuse(HttpServerResponse response, int status, String why) {
        response.setStatusCode(status).putHeader("Connection", "close").end(why + "\n");
    }

    private static List<RefUpdate> read(Path moved) throws IOException {
        if (Files.size(moved) > MAX_UPDATES_BYTES) {
            throw new IOException("one push moved more references than are handled at once");
        }
        return Files.readAllLines(moved, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(" ", 3))
                .map(parts -> new RefUpdate(parts[2], parts[0], parts[1]))
                .toList();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }
}
