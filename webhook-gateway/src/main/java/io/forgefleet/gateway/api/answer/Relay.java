package io.forgefleet.gateway.api.answer;

import io.forgefleet.runtime.config.Secret;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Hands what another process of the fleet answers on to a caller, as fast as the caller takes it and with no more than a few buffers in
 * memory. When the caller goes, the other process is told by the end of the connection. Thread-safe.
 */
public final class Relay {

    private static final int CONNECT_MILLIS = 3_000;
    private static final int SILENCE_MILLIS = 60_000;

    /** Decides by the head of an answer whether it is handed on, and gives the caller's its own. */
    @FunctionalInterface
    public interface Head {
        void hand(HttpClientResponse from, HttpServerResponse to) throws RefusedException;
    }

    /** The other process answered, and not with what was asked for. */
    public static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        private final int status;

        /** With the status that it answered. */
        public RefusedException(int status) {
            super("it answered " + status);
            this.status = status;
        }

        /** That it answered. */
        public int status() {
            return status;
        }
    }

    private final HttpClient client;
    private final @Nullable Secret token;

    /**
     * Asks nobody yet.
     *
     * @param most answers at once from one process; what comes beyond is refused
     * @param token that the other processes want as this one does; null for none
     */
    public Relay(Vertx vertx, int most, @Nullable Secret token) {
        this.token = token;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS),
                new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(0));
    }

    /**
     * Asks, and ends when the answer is with the caller.
     *
     * @throws ExecutionException with what went wrong as its cause
     */
    public void send(RequestOptions ask, @Nullable Buffer body, RoutingContext caller, Head head)
            throws ExecutionException, InterruptedException {
        ask.setFollowRedirects(false).setIdleTimeout(SILENCE_MILLIS);
        if (token != null) {
            ask.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token.value());
        }
        Promise<Void> sent = Promise.promise();
        // Both ends on the caller's event loop: from another one, "it has drained" can come before anybody listens for
        // it, and the
        // answer would stand still for ever.
        Answers.eventLoop(caller).runOnContext(here -> client.request(ask)
                .compose(request -> body == null ? request.send() : request.send(body))
                .compose(answer -> handOn(answer, caller, head))
                .onComplete(sent));
        sent.future().toCompletionStage().toCompletableFuture().get();
    }

    private static Future<Void> handOn(HttpClientResponse answer, RoutingContext caller, Head head) {
        HttpClientRequest request = answer.request();
        HttpServerResponse response = caller.response();
        try {
            head.hand(answer, response);
        } catch (RefusedException e) {
            request.reset();
            return Future.failedFuture(e);
        }
        if (caller.request().method().equals(HttpMethod.HEAD)) {
            return response.end();
        }
        response.closeHandler(gone -> request.reset());
        return answer.pipe()
                .endOnFailure(false) // what is cut has to look cut
                .to(response)
                .onFailure(cut -> request.reset());
    }
}
