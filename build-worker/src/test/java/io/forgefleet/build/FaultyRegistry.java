package io.forgefleet.build;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a registry and, while it is told to, refuses manifests as one does that is overloaded. On Vert.x, which
 * answers at once to the engine's attempt at TLS.
 */
final class FaultyRegistry {

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "host", "content-length", "transfer-encoding", "expect", "upgrade", "date");

    /** What happens to whoever puts an image's manifest, or, where it is cut, its blobs. */
    enum Fault {
        UNAVAILABLE,
        TOO_MANY,
        EXPIRED,
        CUT
    }

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;
    private volatile String behind = "";
    private volatile @Nullable Fault fault;
    final AtomicInteger refused = new AtomicInteger();

    FaultyRegistry() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .await();
        address = "127.0.0.1:" + server.actualPort();
    }

    String address() {
        return address;
    }

    void standBefore(String registry) {
        behind = registry;
    }

    /** @param now null for none any more */
    void show(@Nullable Fault now) {
        fault = now;
    }

    void close() {
        vertx.close().await();
        client.close();
    }

    private void handle(HttpServerRequest request) {
        Fault now = fault;
        boolean hit = now == Fault.CUT ? uploads(request) : now != null && deploys(request);
        if (hit) {
            refused.incrementAndGet();
        }
        if (hit && now == Fault.CUT) {
            // in the middle of the body: what has come of it is dropped with the connection
            request.handler(part -> request.connection().close());
            return;
        }
        request.body()
                .compose(body -> vertx.executeBlocking(() -> forward(request, body, hit), false))
                .onSuccess(answer -> answer(request, answer, hit ? now : null))
                .onFailure(failure -> request.connection().close());
    }

    private static boolean uploads(HttpServerRequest request) {
        return request.uri().contains("/blobs/uploads/")
                && !request.method().name().equals("POST");
    }

    private static boolean deploys(HttpServerRequest request) {
        return request.method().name().equals("PUT")
                && request.uri().contains("/manifests/")
                && !request.uri().contains("buildcache-");
    }

    private HttpResponse<byte[]> forward(HttpServerRequest from, Buffer body, boolean hit) throws Exception {
        // refused is what the registry does not know the path of; the answer's status is changed below
        String path = hit ? "/refused" : from.uri();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + behind + path))
                .method(from.method().name(), BodyPublishers.ofByteArray(body.getBytes()));
        from.headers().forEach((name, value) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                request.header(name, value);
            }
        });
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private void answer(HttpServerRequest request, HttpResponse<byte[]> answer, @Nullable Fault shown) {
        request.response()
                .setStatusCode(
                        shown == null
                                ? answer.statusCode()
                                : switch (shown) {
                                    case UNAVAILABLE, CUT -> 503;
                                    case TOO_MANY -> 429;
                                    case EXPIRED -> 401;
                                });
        if (shown == Fault.TOO_MANY) {
            request.response().putHeader("Retry-After", "1");
        }
        if (shown == Fault.EXPIRED) {
            request.response().putHeader("WWW-Authenticate", "Basic realm=\"expired\"");
        }
        answer.headers().map().forEach((name, values) -> {
            boolean length = name.equalsIgnoreCase("content-length")
                    && request.method().name().equals("HEAD");
            if (length || !OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                List<String> here = values.stream()
                        .map(value -> value.replace(behind, address))
                        .toList();
                request.response().headers().set(name, here);
            }
        });
        request.response().end(Buffer.buffer(answer.body()));
    }
}
