package io.forgefleet.host.forge.git;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A request's body for a thread that may block. Asks for one piece after the other, so at most one waits in memory. */
final class RequestBody {

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final HttpServerRequest request;
    private final Context context;
    private final long maxBytes;
    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(4);

    private sealed interface Piece {}

    private record Bytes(Buffer buffer) implements Piece {}

    private record End() implements Piece {}

    private record Failure(Throwable cause) implements Piece {}

    /** To be called on the request's event loop before it returns; the request is paused. */
    RequestBody(HttpServerRequest request, Context context, long maxBytes) {
        this.request = request;
        this.context = context;
        this.maxBytes = maxBytes;
        request.pause();
        request.handler(buffer -> offer(new Bytes(buffer)));
        request.endHandler(nothing -> offer(new End()));
        request.exceptionHandler(cause -> offer(new Failure(cause)));
    }

    private void offer(Piece piece) {
        if (!pieces.offer(piece)) {
            throw new IllegalStateException("a piece came that nobody asked for");
        }
    }

    /** Copies all of it and closes the target. */
    void copyTo(OutputStream target) throws IOException, InterruptedException {
        long total = 0;
        try (target) {
            while (next() instanceof Bytes bytes) {
                total += bytes.buffer().length();
                if (total > maxBytes) {
                    throw new IOException("the request's body is over " + maxBytes + " bytes");
                }
                target.write(bytes.buffer().getBytes());
            }
        }
    }

    private Piece next() throws IOException, InterruptedException {
        context.runOnContext(nothing -> request.fetch(1));
        Piece piece = pieces.poll(IDLE.toNanos(), TimeUnit.NANOSECONDS);
        if (piece == null) {
            throw new IOException("nothing of the request's body came for " + IDLE.toSeconds() + " s");
        }
        if (piece instanceof Failure failure) {
            throw new IOException("the request's body broke off", failure.cause());
        }
        return piece;
    }
}
