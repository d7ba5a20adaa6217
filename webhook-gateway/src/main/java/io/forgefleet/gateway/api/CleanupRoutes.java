package io.forgefleet.gateway.api;

import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.answer.Relay;
import io.forgefleet.gateway.api.answer.Relay.RefusedException;
import io.forgefleet.runtime.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/prune}, where the cleanup worker is another process: what it answers is handed on as it comes, and when the caller
 * goes, the worker is told by the end of the connection.
 */
public final class CleanupRoutes {

    private static final int MOST = 8;
    private static final int MOST_BODY = 16 * 1024;

    private final Relay relay;
    private final @Nullable URI worker;

    /**
     * @param worker its management address; null where nobody said
     * @param token that it wants as this gateway does; null for none
     */
    public CleanupRoutes(Vertx vertx, @Nullable URI worker, @Nullable Secret token) {
        this.relay = new Relay(vertx, MOST, token);
        this.worker = worker;
    }

    /** Adds the route to a router that has let the caller in. A cleanup worker of this process has added its own before. */
    public void add(Router router) {
        router.post("/api/prune")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BODY))
                .handler(Answers.handling(this::prune));
    }

    private void prune(RoutingContext context) throws ApiException, InterruptedException {
        if (worker == null) {
            throw ApiException.notFound(
                    "this fleet's gateway knows of no cleanup worker",
                    "start one, and say where it is: retention.worker in the gateway's fleet.yml, or"
                            + " FLEET_RETENTION_WORKER; ./fleet up has one of its own");
        }
        RequestOptions ask = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(worker + "/api/prune")
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        Buffer body = Objects.requireNonNullElse(context.body().buffer(), Buffer.buffer());
        try {
            relay.send(ask, body, context, CleanupRoutes::handOn);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException) {
                throw ApiException.badGateway(
                        "the cleanup worker at " + worker + " does not let this gateway in",
                        "give both the same api.token");
            }
            throw ApiException.badGateway(
                    "the cleanup worker at " + worker + " does not answer: "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
                    "start it, or mend retention.worker in the gateway's fleet.yml");
        }
    }

    private static void handOn(HttpClientResponse answer, HttpServerResponse response) throws RefusedException {
        if (answer.statusCode() == 401) {
            throw new RefusedException(401);
        }
        response.setStatusCode(answer.statusCode())
                .setChunked(true)
                .putHeader("Content-Type", Objects.requireNonNullElse(answer.getHeader("Content-Type"), "text/plain"))
                .putHeader("Cache-Control", "no-store");
    }
}
