package io.forgefleet.gateway.intake;

import io.forgefleet.events.EventId;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** The answers to deliveries. Nothing in them tells a stranger more than the status. */
final class Answers {

    private static final String JSON = "application/json";

    private Answers() {}

    static void accept(HttpServerRequest request, EventId id, boolean duplicate) {
        String body = "{\"eventId\":\"" + id + (duplicate ? "\",\"duplicate\":true}" : "\"}");
        send(request.response().setStatusCode(Outcome.ACCEPTED.status), body);
    }

    static void refuse(HttpServerRequest request, Refusal refusal) {
        HttpServerResponse response = request.response();
        Outcome outcome = refusal.outcome();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(outcome.status);
        switch (outcome) {
            case IGNORED, UNSIGNED -> {
                var unused = response.end();
            }
            case MALFORMED -> {
                JsonObject body =
                        new JsonObject().put("pointer", refusal.pointer()).put("expected", refusal.text());
                send(response, body.encode());
            }
            default -> {
                switch (outcome) {
                    case WRONG_METHOD -> response.putHeader(HttpHeaders.ALLOW, "POST");
                    case BUSY -> response.putHeader(HttpHeaders.RETRY_AFTER, "2");
                    case UNAVAILABLE -> response.putHeader(HttpHeaders.RETRY_AFTER, "5");
                    default -> {}
                }
                send(response, new JsonObject().put("error", refusal.text()).encode());
            }
        }
    }

    private static void send(HttpServerResponse response, String body) {
        var unused = response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
    }
}
