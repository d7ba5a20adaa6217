package io.forgefleet.clients.http;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Calls of one service. Thread-safe. A call ends within the timeout, body included, reads at most 8 MiB, follows no
 * redirect, and stops when its thread is interrupted.
 */
public final class HttpCalls {

    private static final int MOST_BODY = 8 << 20;
    private static final int MOST_QUOTED = 300;
    private static final int MOST_REDIRECTS = 3;

    static {
        // read once, by the process' first client: with its own 16 KiB a large blob comes at a third of the speed
        String buffers = "jdk.httpclient.bufsize";
        if (System.getProperty(buffers) == null) {
            System.setProperty(buffers, Integer.toString(1 << 18));
        }
    }

    /** A thread of the machine for each answer, as the client has it by itself, is half of the cost of small ones. */
    private static final Executor THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("http-", 0).factory());

    private final HttpClient client;
    private final Duration timeout;

    /** For a client of one's own, with buffers that blobs want. */
    public static HttpClient.Builder builder() {
        return HttpClient.newBuilder().executor(THREADS);
    }

    public HttpCalls(Duration timeout) {
        this.client = builder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.timeout = timeout;
    }

    /**
     * Sends a request and returns whatever the service answers.
     *
     * @param tried what the call is for, as in "could not {tried}"
     * @throws ClientException of kind UNAVAILABLE when there is no answer
     */
    public HttpResponse<byte[]> send(String tried, HttpRequest request) throws ClientException, InterruptedException {
        return awaited(tried, client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BODY)));
    }

    /** As {@link #send}, for what takes longer than the timeout: a large body to send. */
    public HttpResponse<byte[]> send(String tried, HttpRequest request, Duration within)
            throws ClientException, InterruptedException {
        return awaited(
                tried, client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BODY)), within);
    }

    /**
     * Downloads a body for its digest and keeps nothing of it. Follows redirects to where a service has its files, which do
     * not see what authorizes the first request.
     *
     * @param most bytes; more are refused
     * @throws ClientException as {@link #failure} for an answer other than 2xx
     */
    public Digest digest(String tried, HttpRequest request, long most, Duration within)
            throws ClientException, InterruptedException {
        HttpRequest next = request;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            Hashing body = new Hashing(most);
            HttpResponse<Void> answer =
                    awaited(tried, client.sendAsync(next, BodyHandlers.ofByteArrayConsumer(body)), within);
            int status = answer.statusCode();
            if (status / 100 == 2) {
                return body.digest();
            }
            Optional<String> elsewhere = answer.headers().firstValue("Location");
            if (status / 100 != 3 || elsewhere.isEmpty()) {
                Optional<Duration> wait = RetryAfter.of(answer.headers().map(), Instant.now());
                throw new ClientException(
                        kind(status, wait.isPresent()),
                        "could not " + tried + ": answered " + status,
                        wait.orElse(null),
                        null);
            }
            next = HttpRequest.newBuilder(answer.uri().resolve(elsewhere.get())).build();
        }
        throw new ClientException(Kind.REFUSED, "could not " + tried + ": it is redirected on and on");
    }

    /** Takes a body as it comes. */
    private static final class Hashing implements Consumer<Optional<byte[]>> {
        private final MessageDigest hash = Digest.sha256();
        private final long most;
        private long taken;

        Hashing(long most) {
            this.most = most;
        }

        @Override
        public void accept(Optional<byte[]> bytes) {
            bytes.ifPresent(some -> {
                taken += some.length;
                if (taken > most) {
                    throw new UncheckedIOException(new IOException("it has more than " + most + " bytes"));
                }
                hash.update(some);
            });
        }

        Digest digest() {
            return Digest.of(hash);
        }
    }

    /** As {@link #send}, with a body of any size into a file, which is overwritten. */
    public HttpResponse<Path> download(String tried, HttpRequest request, Path into)
            throws ClientException, InterruptedException {
        return awaited(tried, client.sendAsync(request, BodyHandlers.ofFile(into)));
    }

    /** As {@link #send}, with a body that is still to be read, for which there is no bound; it has to be closed. */
    public HttpResponse<InputStream> open(String tried, HttpRequest request)
            throws ClientException, InterruptedException {
        return awaited(tried, client.sendAsync(request, BodyHandlers.ofInputStream()));
    }

    private <T> HttpResponse<T> awaited(String tried, CompletableFuture<HttpResponse<T>> answer)
            throws ClientException, InterruptedException {
        return awaited(tried, answer, timeout);
    }

    private static <T> HttpResponse<T> awaited(String tried, CompletableFuture<HttpResponse<T>> answer, Duration within)
            throws ClientException, InterruptedException {
        try {
            return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ClientException(
                    Kind.UNAVAILABLE, "could not " + tried + ": no answer within " + within.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            throw new ClientException(
                    cause instanceof IOException ? Kind.UNAVAILABLE : Kind.REFUSED,
                    "could not " + tried + ": " + said,
                    cause);
        } finally {
            answer.cancel(true);
        }
    }

    /** The failure that an answer other than 2xx stands for. */
    public static ClientException failure(String tried, HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        Optional<Duration> wait = RetryAfter.of(answer.headers().map(), Instant.now());
        String body = new String(answer.body(), StandardCharsets.UTF_8).strip();
        String quoted = body.length() > MOST_QUOTED ? body.substring(0, MOST_QUOTED) + "…" : body;
        String message = "could not " + tried + ": answered " + status + (quoted.isEmpty() ? "" : " " + quoted);
        return new ClientException(kind(status, wait.isPresent()), message, wait.orElse(null), null);
    }

    /**
     * What a status means to the caller.
     *
     * @param asksToWait whether the answer says when to come back: some forges limit rates by 403
     */
    public static Kind kind(int status, boolean asksToWait) {
        if (status == 401 || (status == 403 && !asksToWait)) {
            return Kind.UNAUTHORIZED;
        }
        if (status == 404 || status == 410) {
            return Kind.NOT_FOUND;
        }
        boolean passes = status >= 500 || status == 429 || status == 408 || status == 403 || status == 423;
        return passes ? Kind.UNAVAILABLE : Kind.REFUSED;
    }
}
