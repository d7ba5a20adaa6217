package io.forgefleet.gateway.intake;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Reads bodies of requests within the limits. Thread-safe. */
final class BodyReader {

    private final Vertx vertx;
    private final IntakeLimits limits;
    private final BodyBudget budget;

    BodyReader(Vertx vertx, IntakeLimits limits, BodyBudget budget) {
        this.vertx = vertx;
        this.limits = limits;
        this.budget = budget;
    }

    /**
     * Reads the body of a request whose reading has not begun. Fails with a {@link Refusal}, and then nothing is held; else
     * the body is to be released.
     */
    Future<Body> read(HttpServerRequest request) {
        Body body = new Body(budget, limits);
        Promise<Body> promise = Promise.promise();
        try {
            body.expect(declaredLength(request));
        } catch (Refusal refusal) {
            return Future.failedFuture(refusal);
        }
        long timer = vertx.setTimer(
                limits.arrival().toMillis(),
                any -> promise.tryFail(new Refusal(Outcome.TOO_SLOW, "the body did not arrive in time")));
        request.handler(chunk -> append(body, chunk, promise))
                .endHandler(any -> promise.tryComplete(body))
                .exceptionHandler(any -> promise.tryFail(new Refusal(Outcome.ABORTED, "the connection was closed")));
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            var unused = request.response().writeContinue();
        }
        return promise.future().andThen((any, failure) -> {
            vertx.cancelTimer(timer);
            if (failure != null) {
                body.release();
            }
        });
    }

    /** The length that the sender declares, or 0 where it declares none; the server has refused impossible ones. */
    private static long declaredLength(HttpServerRequest request) throws Refusal {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Math.max(0, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new Refusal(Outcome.MALFORMED, "the header Content-Length is no number");
        }
    }

    private static void append(Body body, Buffer chunk, Promise<Body> promise) {
        if (promise.future().isComplete()) {
            return;
        }
        try {
            body.append(chunk);
        } catch (Refusal refusal) {
            promise.tryFail(refusal);
        }
    }

    /**
     * Unpacks a body and releases the packed one. The event loop's bodies are unpacked one after the other, so that a few
     * small ones which expand without end do not take the room of all others.
     */
    Future<Body> unpack(Body packed) {
        return vertx.executeBlocking(() -> gunzip(packed), true).andThen((any, failure) -> packed.release());
    }

    private Body gunzip(Body packed) throws Refusal {
        Body body = new Body(budget, limits);
        byte[] chunk = new byte[8 * 1024];
        try (GZIPInputStream in = new GZIPInputStream(packed.stream(), chunk.length)) {
            int count = in.read(chunk);
            while (count >= 0) {
                body.append(chunk, count);
                count = in.read(chunk);
            }
            return body;
        } catch (IOException e) {
            body.release();
            throw new Refusal(Outcome.MALFORMED, "the body is not packed by gzip, as its header says");
        } catch (Refusal refusal) {
            body.release();
            throw refusal;
        }
    }
}
