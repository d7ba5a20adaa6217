package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Repositories;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Optional;

/** One call of the API: who asks, for which repository, with what. */
final class ApiCall {

    private final RoutingContext context;
    private final Optional<Account> caller;
    private final Repositories repositories;

    ApiCall(RoutingContext context, Optional<Account> caller, Repositories repositories) {
        this.context = context;
        this.caller = caller;
        this.repositories = repositories;
    }

    Optional<Account> caller() {
        return caller;
    }

    /** The repository of the path, if the caller has this permission. */
    Repository repository(Permission needed) {
        Repository repository = repositories
                .find(path("owner") + "/" + path("name"))
                .filter(r -> r.permissionOf(caller).allows(Permission.READ))
                .orElseThrow(() -> new RefusedException(404, "The target couldn't be found."));
        if (!repository.permissionOf(caller).allows(needed)) {
            throw caller.isEmpty()
                    ? new RefusedException(401, "token is required")
                    : new RefusedException(403, "needs the permission " + needed.word() + " on the repository");
        }
        return repository;
    }

    /** The caller, who must have given a token. */
    Account person() {
        return caller.orElseThrow(() -> new RefusedException(401, "token is required"));
    }

    String path(String name) {
        return Optional.ofNullable(context.pathParam(name)).orElse("");
    }

    long number() {
        return number(path("number"));
    }

    static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException(404, "not a number: " + text);
        }
    }

    /**
     * A file that came with the request.
     *
     * @param file is deleted with the request, unless it is moved away
     */
    record Upload(String name, Path file) {}

    Upload upload(String field) {
        return context.fileUploads().stream()
                .filter(upload -> upload.name().equals(field))
                .findFirst()
                .map(upload -> new Upload(upload.fileName(), Path.of(upload.uploadedFileName())))
                .orElseThrow(() -> new RefusedException(400, "a form with a file " + field + " is needed"));
    }

    Optional<String> query(String name) {
        return context.queryParam(name).stream().findFirst();
    }

    /** A positive number of the query, at most {@code max}. */
    int query(String name, int otherwise, int max) {
        try {
            int value = query(name).map(Integer::parseInt).orElse(otherwise);
            return Math.clamp(value, 1, max);
        } catch (NumberFormatException e) {
            throw new RefusedException(422, name + " must be a number");
        }
    }

    /** A text field of the body; empty when it is missing or null. */
    Optional<String> text(String field) {
        Object value = body().getValue(field);
        if (value != null && !(value instanceof String)) {
            throw new RefusedException(422, field + " must be a text");
        }
        return Optional.ofNullable((String) value);
    }

    boolean flag(String field, boolean otherwise) {
        Object value = body().getValue(field);
        if (value != null && !(value instanceof Boolean)) {
            throw new RefusedException(422, field + " must be true or false");
        }
        return value == null ? otherwise : (Boolean) value;
    }

    private JsonObject body() {
        try {
            JsonObject body = context.body().asJsonObject();
            if (body != null) {
                return body;
            }
        } catch (DecodeException | ClassCastException e) {
            throw (RefusedException) new RefusedException(422, "the body must be a JSON object").initCause(e);
        }
        throw new RefusedException(422, "the body must be a JSON object");
    }
}
