package io.forgefleet.gateway.api;

import io.forgefleet.events.EventId;
import io.forgefleet.events.job.RunId;
import io.forgefleet.gateway.api.answer.ApiException;

/** Ids as callers write them. */
final class Ids {

    private Ids() {}

    static RunId run(String text) throws ApiException {
        try {
            return new RunId(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(
                    "'" + cut(text) + "' is no run id", "give 24 hexadecimal digits, as GET /api/runs lists them");
        }
    }

    static EventId event(String text) throws ApiException {
        try {
            return new EventId(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(
                    "'" + cut(text) + "' is no event id",
                    "give 32 hexadecimal digits, as the answer to the webhook and each run name them");
        }
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
