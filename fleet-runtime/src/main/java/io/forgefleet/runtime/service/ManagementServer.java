package io.forgefleet.runtime.service;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.metrics.FleetMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The management address: {@code GET /health/live}, {@code /health/ready} (503 with what is missing), {@code /metrics},
 * and whatever a service puts on its router. {@link AccessGuard} says who may call it.
 */
public final class ManagementServer {

    private static final int START_SECONDS = 10;
    private static final int IDLE_SECONDS = 120;
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Router router;
    private final HttpServer server;

    private ManagementServer(Router router, HttpServer server) {
        this.router = router;
        this.server = server;
    }

    /**
     * Binds the address and answers; returns when it does.
     *
     * @throws IOException when the address cannot be bound
     */
    static ManagementServer start(Vertx vertx, FleetConfig config, Readiness readiness, FleetMeters meters)
            throws IOException, InterruptedException {
        Router router = Router.router(vertx);
        AccessGuard guard = AccessGuard.of(config);
        router.route().handler(guard::admitCaller);
        router.get("/health/live").handler(ManagementServer::live);
        router.get("/health/ready").handler(context -> ready(context, readiness));
        router.route().handler(guard::requireToken);
        router.get("/metrics").handler(context -> vertx.executeBlocking(meters::scrape)
                .onSuccess(text ->
                        context.response().putHeader("Content-Type", PROMETHEUS).end(text))
                .onFailure(context::fail));
        var address = config.listen().management();
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setIdleTimeout(IDLE_SECONDS)
                        .setMaxHeaderSize(16 * 1024))
                .requestHandler(router);
        try {
            server.listen().toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "listen.management " + address + " could not be bound: " + e.getMessage()
                            + "; free it or set another address",
                    e);
        }
        return new ManagementServer(router, server);
    }

    /** Where a service adds its routes; callers have been admitted, and have brought the token where one is needed. */
    public Router router() {
        return router;
    }

    /** The port in use. */
    public int port() {
        return server.actualPort();
    }

    Future<Void> close() {
        return server.close();
    }

    private static void live(RoutingContext context) {
        context.json(new JsonObject().put("live", true));
    }

    private static void ready(RoutingContext context, Readiness readiness) {
        Map<String, String> missing = readiness.missing();
        JsonObject body = new JsonObject().put("ready", missing.isEmpty());
        if (!missing.isEmpty()) {
            JsonObject parts = new JsonObject();
            missing.forEach(parts::put);
            body.put("missing", parts);
            context.response().setStatusCode(503);
        }
        context.json(body);
    }
}
