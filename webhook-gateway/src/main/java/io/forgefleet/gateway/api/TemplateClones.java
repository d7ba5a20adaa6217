package io.forgefleet.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateStore;
import io.forgefleet.work.template.postgres.Clone;
import io.forgefleet.work.template.postgres.CloneService;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Databases of one's own: {@code POST /api/templates/{key}/clones} and {@code DELETE /api/templates/{key}/clones/{id}}. Has to be added
 * before the API.
 */
public final class TemplateClones {

    private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
    private static final String ADVICE = "GET /api/templates/{repository}/{name}@{commit} tells the key of a commit";

    private final RunCatalogue runs;
    private final Registries registries;
    private final CloneService clones;
    private final Path scratch;
    private final Duration age;

    /**
     * @param scratch a folder for dumps on their way
     * @param age after which a clone is removed that nobody has given back
     */
    public TemplateClones(RunCatalogue runs, Registries registries, CloneService clones, Path scratch, Duration age) {
        this.runs = runs;
        this.registries = registries;
        this.clones = clones;
        this.scratch = scratch;
        this.age = age;
    }

    /** Adds the routes to a router that has let the caller in. */
    public void add(Router router) {
        router.route(HttpMethod.POST, "/api/templates/:key/clones").handler(Answers.json(this::take));
        router.route(HttpMethod.DELETE, "/api/templates/:key/clones/:clone").handler(Answers.json(this::drop));
    }

    private ObjectNode take(RoutingContext context) throws ApiException, InterruptedException {
        String key = key(context);
        boolean anybody = "fork".equals(context.queryParams().get("trust"));
        try {
            Optional<Clone> ready = clones.takeReady(key);
            Clone clone = ready.isPresent() ? ready.get() : made(key, anybody);
            context.response().setStatusCode(201);
            return Json.mapper()
                    .createObjectNode()
                    .put("key", key)
                    .put("id", clone.id())
                    .put("url", clone.url())
                    .put("host", clone.address().host())
                    .put("port", clone.address().port())
                    .put("database", clone.name())
                    .put("user", clone.name())
                    .put("password", clone.password().value())
                    .put("removedAfter", Instant.now().plus(age).toString());
        } catch (ClientException e) {
            throw failure(e);
        } catch (IOException e) {
            throw ApiException.unavailable(
                    "the gateway's disk does not take the dump: " + e.getMessage(), "make room, then try again");
        }
    }

    private Clone made(String key, boolean anybody)
            throws ApiException, IOException, ClientException, InterruptedException {
        PushedImage told = runs.template(key)
                .orElseThrow(() -> ApiException.notFound("no run has told of a template of this key", ADVICE));
        Registries.Place place = registries
                .find(told.repository())
                .orElseThrow(() -> ApiException.notFound(
                        "the registry of " + told.repository() + " is not configured any more", ADVICE));
        TemplateStore store = new TemplateStore(place.registry(), place.path(), scratch);
        StoredTemplate template = store.get(told.digest());
        if (template.engine() != TemplateSpec.Engine.POSTGRESQL) {
            throw ApiException.badRequest(
                    "this is a file of SQLite, which is copied and not cloned", "./fleet template pull");
        }
        if (template.trust() == TrustClass.FORK && !anybody) {
            throw ApiException.badRequest(
                    "it was made by code of somebody without write access", "where that will do: ?trust=fork");
        }
        return clones.take(store.key(template), template, store);
    }

    private ObjectNode drop(RoutingContext context) throws ApiException, InterruptedException {
        String key = key(context);
        String id = context.pathParam("clone");
        try {
            if (!clones.drop(key, id)) {
                throw ApiException.notFound(
                        "there is no such clone",
                        "it may be gone already; they are removed " + age.toMinutes() + " min after they were made");
            }
            return Json.mapper().createObjectNode().put("key", key).put("dropped", id);
        } catch (ClientException e) {
            throw failure(e);
        }
    }

    private static String key(RoutingContext context) throws ApiException {
        String key = context.pathParam("key");
        if (!KEY.matcher(key).matches()) {
            throw ApiException.badRequest("a key has 64 lower-case hexadecimal digits", ADVICE);
        }
        return key;
    }

    private static ApiException failure(ClientException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case NOT_FOUND -> ApiException.notFound(message, "templates.postgres.servers of fleet.yml");
            case UNAVAILABLE, BROKEN -> ApiException.unavailable(message, "try again");
            case UNAUTHORIZED, REFUSED ->
                ApiException.badGateway(message, "./fleet doctor; docs/template-databases.md");
        };
    }
}
