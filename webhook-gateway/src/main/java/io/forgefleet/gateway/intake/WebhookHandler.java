package io.forgefleet.gateway.intake;

import io.forgefleet.events.ForgeEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the webhooks of all configured forges at {@code POST /webhooks/{forge}} and answers 202 only once the event is
 * durable on Kafka. It reads bodies itself: no body handler may stand before it. One handler serves all event loops, since
 * its limits hold for all of them together.
 */
public final class WebhookHandler implements Handler<RoutingContext> {

    private static final String PATH = "/webhooks/:forge";

    /** How long what is left of a refused body is read and dropped, so that its sender can read the answer. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Map<String, ForgeEndpoint> endpoints;
    private final EventPublisher publisher;
    private final ApprovedHead approvedHead;
    private final IntakeLimits limits;
    private final BodyReader bodies;
    private final IntakeMeters meters;
    private final DeliveryLog log = new DeliveryLog();

    public WebhookHandler(
            Vertx vertx,
            Collection<ForgeEndpoint> endpoints,
            EventPublisher publisher,
            ApprovedHead approvedHead,
            IntakeLimits limits,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.endpoints = endpoints.stream().collect(Collectors.toMap(ForgeEndpoint::name, Function.identity()));
        this.publisher = publisher;
        this.approvedHead = approvedHead;
        this.limits = limits;
        BodyBudget budget = new BodyBudget(limits);
        this.bodies = new BodyReader(vertx, limits, budget);
        this.meters = new IntakeMeters(registry, this.endpoints.keySet(), budget);
    }

    /** Adds the path of the webhooks. */
    public void mount(Router router) {
        router.route(PATH).handler(this);
        // what is no path, or none of ours; the router itself would log some of them with a stack trace
        for (int status : new int[] {400, 404}) {
            router.errorHandler(status, routing -> {
                var unused = routing.response().setStatusCode(status).end();
            });
        }
    }

    @Override
    public void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String forge = String.valueOf(routing.pathParam("forge"));
        ForgeEndpoint endpoint = endpoints.get(forge);
        if (endpoint == null) {
            meters.count(forge, Outcome.UNKNOWN_FORGE);
            Answers.refuse(request, new Refusal(Outcome.UNKNOWN_FORGE, "no forge of this name is configured"));
            linger(request);
            return;
        }
        Context context = vertx.getOrCreateContext();
        Delivery delivery = new Delivery(endpoint, request);
        accept(delivery).onComplete(result -> {
            // an event that another delivery published completes on that one's event loop
            if (context.equals(Vertx.currentContext())) {
                finish(routing, delivery, result);
            } else {
                context.runOnContext(any -> finish(routing, delivery, result));
            }
        });
    }

    /** One request on its way. */
    private static final class Delivery {
        private final ForgeEndpoint endpoint;
        private final HttpServerRequest request;
        private @Nullable ForgeEvent event;

        Delivery(ForgeEndpoint endpoint, HttpServerRequest request) {
            this.endpoint = endpoint;
            this.request = request;
        }
    }

    private Future<EventPublisher.Acceptance> accept(Delivery delivery) {
        HttpServerRequest request = delivery.request;
        boolean form;
        boolean packed;
        try {
            if (!request.method().equals(HttpMethod.POST)) {
                throw new Refusal(Outcome.WRONG_METHOD, "webhooks are sent by POST");
            }
            form = isForm(delivery.endpoint, request.getHeader(HttpHeaders.CONTENT_TYPE));
            packed = isPacked(request.getHeader(HttpHeaders.CONTENT_ENCODING));
        } catch (Refusal refusal) {
            return Future.failedFuture(refusal);
        }
        return bodies.read(request)
                .compose(body -> packed ? bodies.unpack(body) : Future.succeededFuture(body))
                .compose(body -> read(delivery, body, form))
                .compose(event -> publish(delivery, event));
    }

    private static boolean isForm(ForgeEndpoint endpoint, @Nullable String contentType) throws Refusal {
        String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
        if (type.equalsIgnoreCase("application/json")) {
            return false;
        }
        if (endpoint.takesForms() && type.equalsIgnoreCase("application/x-www-form-urlencoded")) {
            return true;
        }
        throw new Refusal(
                Outcome.WRONG_MEDIA_TYPE,
                endpoint.takesForms()
                        ? "application/json or application/x-www-form-urlencoded is taken"
                        : "application/json is taken");
    }

    private static boolean isPacked(@Nullable String encoding) throws Refusal {
        return switch (encoding == null ? "" : encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default -> throw new Refusal(Outcome.WRONG_MEDIA_TYPE, "of content encodings only gzip is taken");
        };
    }

    private Future<ForgeEvent> read(Delivery delivery, Body body, boolean form) {
        if (body.length() > limits.small()) {
            return vertx.executeBlocking(() -> readAndRelease(delivery, body, form), false);
        }
        try {
            return Future.succeededFuture(readAndRelease(delivery, body, form));
        } catch (Refusal refusal) {
            return Future.failedFuture(refusal);
        }
    }

    private static ForgeEvent readAndRelease(Delivery delivery, Body body, boolean form) throws Refusal {
        try {
            return delivery.endpoint.read(delivery.request.headers(), body.content(), form);
        } finally {
            body.release();
        }
    }

    private Future<EventPublisher.Acceptance> publish(Delivery delivery, ForgeEvent event) {
        ForgeEvent whole = approvedHead.complete(event);
        delivery.event = whole;
        return publisher.publish(whole).recover(failure -> {
            log.kafkaAway(failure);
            return Future.failedFuture(
                    new Refusal(Outcome.UNAVAILABLE, "the event could not be made durable, send it again"));
        });
    }

    private void finish(RoutingContext routing, Delivery delivery, AsyncResult<EventPublisher.Acceptance> result) {
        ForgeEvent event = delivery.event;
        Outcome outcome;
        String why = "";
        if (result.succeeded() && event != null) {
            boolean duplicate = result.result() == EventPublisher.Acceptance.DUPLICATE;
            outcome = duplicate ? Outcome.DUPLICATE : Outcome.ACCEPTED;
            Answers.accept(delivery.request, event.id(), duplicate);
        } else if (result.cause() instanceof Refusal refusal) {
            outcome = refusal.outcome();
            why = refusal.pointer().isEmpty() ? refusal.text() : refusal.pointer() + ": " + refusal.text();
            Answers.refuse(delivery.request, refusal);
            linger(delivery.request);
        } else {
            routing.fail(500, result.cause());
            return;
        }
        meters.count(delivery.endpoint.name(), outcome);
        log.ended(delivery.endpoint, delivery.request.headers(), event, outcome, why);
    }

    private void linger(HttpServerRequest request) {
        if (!request.isEnded()) {
            long timer = vertx.setTimer(
                    LINGER.toMillis(), any -> request.connection().close());
            request.endHandler(any -> vertx.cancelTimer(timer));
        }
    }
}
