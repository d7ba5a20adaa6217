package io.forgefleet.cleanup.api;

import io.forgefleet.events.wire.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An answer of lines of JSON, written while the work is done: {@code {"at": …}} now and then, so that nobody takes the silence
 * for the end. When the caller goes, the thread that writes is interrupted.
 */
final class LineAnswer implements AutoCloseable {

    private static final long BEAT_MILLIS = 5_000;
    private static final long TAKEN_WITHIN_SECONDS = 60;

    private final RoutingContext context;
    private final HttpServerResponse response;
    private final long beat;
    private volatile String at = "";

    /** To be called by the thread that does the work. */
    LineAnswer(RoutingContext context) {
        this.context = context;
        this.response = context.response();
        Thread working = Thread.currentThread();
        response.setChunked(true)
                .putHeader("Content-Type", "application/x-ndjson")
                .putHeader("Cache-Control", "no-store")
                .closeHandler(gone -> working.interrupt());
        this.beat = context.vertx().setPeriodic(0, BEAT_MILLIS, timer -> {
            if (!response.ended() && !response.closed()) {
                response.write(line(Map.of("at", at)));
            }
        });
    }

    /** What is worked on from now. */
    void at(String what) throws IOException, InterruptedException {
        at = what;
        write(Map.of("at", what));
    }

    /** Returns when the caller has taken it, or at least its machine. */
    void write(Object value) throws IOException, InterruptedException {
        try {
            response.write(line(value))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TAKEN_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("who asked does not listen any more", e);
        }
    }

    private static Buffer line(Object value) {
        return Buffer.buffer(Json.write(value)).appendByte((byte) '\n');
    }

    @Override
    public void close() {
        context.vertx().cancelTimer(beat);
        response.closeHandler(null);
        if (!response.ended() && !response.closed()) {
            response.end();
        }
    }
}
