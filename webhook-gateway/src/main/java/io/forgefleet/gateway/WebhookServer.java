package io.forgefleet.gateway;

import io.forgefleet.gateway.intake.WebhookHandler;
import io.forgefleet.runtime.config.ListenConfig.Address;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The address that forges call: a listener on each of a few event loops, all on one port. */
final class WebhookServer {

    private static final int START_SECONDS = 10;
    private static final int IDLE_SECONDS = 60;
    private static final int MOST_LISTENERS = 8;

    private final Vertx vertx;
    private final String deployment;
    private final int port;

    private WebhookServer(Vertx vertx, String deployment, int port) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.port = port;
    }

    /**
     * Binds the address and answers; returns when it does.
     *
     * @throws IOException when the address cannot be bound
     */
    static WebhookServer start(Vertx vertx, Address address, WebhookHandler handler)
            throws IOException, InterruptedException {
        int port = address.port() == 0 ? freePort(address.host()) : address.port();
        try {
            String deployment = vertx.deployVerticle(
                            () -> new Listener(address.withPort(port), handler),
                            new DeploymentOptions()
                                    .setInstances(
                                            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_LISTENERS)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
            return new WebhookServer(vertx, deployment, port);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "listen.webhooks " + address + " could not be bound: " + e.getMessage()
                            + "; free it or set another address",
                    e);
        }
    }

    /** Listeners share only a port that is named. */
    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }

    private static final class Listener extends VerticleBase {

        private final Address address;
        private final WebhookHandler handler;

        Listener(Address address, WebhookHandler handler) {
            this.address = address;
            this.handler = handler;
        }

        @Override
        public Future<HttpServer> start() {
            Router router = Router.router(vertx);
            handler.mount(router);
            return vertx.createHttpServer(new HttpServerOptions()
                            .setHost(address.host())
                            .setPort(address.port())
                            .setIdleTimeout(IDLE_SECONDS)
                            .setHandle100ContinueAutomatically(true))
                    .requestHandler(router)
                    .listen();
        }
    }

    /** The port in use. */
    int port() {
        return port;
    }

    /** Takes no more webhooks. */
    Future<?> close() {
        return vertx.undeploy(deployment);
    }
}
