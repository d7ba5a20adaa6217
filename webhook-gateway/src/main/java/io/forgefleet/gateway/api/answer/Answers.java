package io.forgefleet.gateway.api.answer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.wire.Json;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what answers a request on a virtual thread of its own, since it may block, and answers errors as JSON. */
public final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final String EVENT_LOOP = "event loop";

    /** Answers a request itself, or says why not. */
    @FunctionalInterface
    public interface Action {
        void answer(RoutingContext context) throws ApiException, InterruptedException;
    }

    /** Works out the JSON that answers a request. */
    @FunctionalInterface
    public interface View {
        ObjectNode of(RoutingContext context) throws ApiException, InterruptedException;
    }

    private Answers() {}

    /** Answers with what a view works out. */
    public static Handler<RoutingContext> json(View view) {
        return handling(context -> send(context, view.of(context)));
    }

    /** Has an action answer. */
    public static Handler<RoutingContext> handling(Action action) {
        return context -> {
            context.put(EVENT_LOOP, Vertx.currentContext());
            Thread.ofVirtual().name("api").start(() -> answer(context, action));
        };
    }

    /** The event loop that a request handled by {@link #handling} came by, where alone its response may be streamed to. */
    static Context eventLoop(RoutingContext context) {
        return Objects.requireNonNull(context.get(EVENT_LOOP));
    }

    private static void answer(RoutingContext context, Action action) {
        try {
            action.answer(context);
        } catch (ApiException e) {
            error(context, e);
        } catch (InterruptedException e) {
            error(context, ApiException.unavailable("the gateway is stopping", "try again"));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", context.request().method(), context.normalizedPath(), e);
            error(context, ApiException.mistake());
        }
    }

    /** Answers what Vert.x refused, such as a body that is too long. */
    public static void failed(RoutingContext context) {
        int status = context.statusCode();
        if (status >= 400 && status < 500) {
            context.response().setStatusCode(status);
            send(
                    context,
                    Json.mapper()
                            .createObjectNode()
                            .put("error", status == 413 ? "too-large" : "bad-request")
                            .put("message", "the request was refused with status " + status)
                            .put("advice", "send a smaller, well-formed request"));
        } else {
            LOG.error("{} {} failed", context.request().method(), context.normalizedPath(), context.failure());
            error(context, ApiException.mistake());
        }
    }

    private static void error(RoutingContext context, ApiException e) {
        if (context.response().headWritten()) {
            context.response().reset();
            return;
        }
        context.response().setStatusCode(e.status());
        if (e.status() == 503) {
            context.response().putHeader("Retry-After", "5");
        }
        send(
                context,
                Json.mapper()
                        .createObjectNode()
                        .put("error", e.error())
                        .put("message", e.text())
                        .put("advice", e.advice()));
    }

    private static void send(RoutingContext context, ObjectNode body) {
        context.response()
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(new String(Json.write(body), StandardCharsets.UTF_8)));
    }
}
