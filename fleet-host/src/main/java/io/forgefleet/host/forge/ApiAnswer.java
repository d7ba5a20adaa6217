package io.forgefleet.host.forge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the API answers.
 *
 * @param total of a list whose page this is
 */
record ApiAnswer(int status, String contentType, Buffer body, Optional<Integer> total) {

    private static final int PAGE = 30;
    private static final int MAX_PAGE = 50;

    static ApiAnswer of(int status, JsonObject body) {
        return new ApiAnswer(status, "application/json;charset=utf-8", body.toBuffer(), Optional.empty());
    }

    static ApiAnswer list(JsonArray all) {
        return new ApiAnswer(200, "application/json;charset=utf-8", all.toBuffer(), Optional.empty());
    }

    static ApiAnswer empty(int status) {
        return new ApiAnswer(status, "text/plain", Buffer.buffer(), Optional.empty());
    }

    static ApiAnswer raw(byte[] content) {
        return new ApiAnswer(200, "application/octet-stream", Buffer.buffer(content), Optional.empty());
    }

    /** The page of a list that the call asks for. */
    static <T> ApiAnswer page(ApiCall call, List<T> all, Function<T, JsonObject> shape) {
        int limit = call.query("limit", PAGE, MAX_PAGE);
        long from = (call.query("page", 1, Integer.MAX_VALUE) - 1L) * limit;
        List<JsonObject> page = all.stream().skip(from).limit(limit).map(shape).toList();
        return new ApiAnswer(
                200, "application/json;charset=utf-8", new JsonArray(page).toBuffer(), Optional.of(all.size()));
    }

    static ApiAnswer refusal(int status, String message) {
        return of(status, new JsonObject().put("message", message).put("url", "/api/swagger"));
    }
}
