package io.forgefleet.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.sweep.Cleaner;
import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.cleanup.sweep.Wish;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.service.Service;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * {@code POST /api/prune}: plans, and deletes unless it is a dry run. The body is {@code {"repository": "owner/name" or "",
 * "dryRun": true, "yes": false, "keep": ""}}; with {@code "acceptLedger": true} a ledger that is not what it was is taken as
 * it is, and nothing else is done; with {@code "undo": "trash-…"} what has that tag is taken back from the trash, and {@code "undone"} of
 * the answer says which tags it has again.
 */
final class PruneRoutes {

    private static final int MOST_BYTES = 16 * 1024;

    private final Cleaner cleaner;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;

    private PruneRoutes(Cleaner cleaner, LedgerTopic ledger, LedgerGuard guard) {
        this.cleaner = cleaner;
        this.ledger = ledger;
        this.guard = guard;
    }

    static void add(Service service, Cleaner cleaner, LedgerTopic ledger, LedgerGuard guard) {
        PruneRoutes routes = new PruneRoutes(cleaner, ledger, guard);
        service.management()
                .router()
                .post("/api/prune")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BYTES))
                .handler(routes::prune);
    }

    private void prune(RoutingContext context) {
        Buffer body = context.body().buffer();
        Thread.ofVirtual().name("prune").start(() -> {
            try {
                JsonNode asked = Json.mapper().readTree(body == null ? new byte[0] : body.getBytes());
                String id = asked.path("undo").asText("");
                byte[] answer =
                        Json.write(id.isEmpty() ? Map.of("repositories", answer(asked)) : Map.of("undone", undone(id)));
                context.vertx().runOnContext(done -> context.response()
                        .putHeader("Content-Type", "application/json")
                        .end(Buffer.buffer(answer)));
            } catch (IllegalArgumentException | IOException e) {
                refuse(context, 400, String.valueOf(e.getMessage()));
            } catch (ClientException e) {
                refuse(context, 409, String.valueOf(e.getMessage()));
            } catch (TimeoutException e) {
                refuse(context, 503, String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                refuse(context, 503, "the worker stops");
            }
        });
    }

    private List<String> undone(String id) throws ClientException, TimeoutException, InterruptedException {
        List<String> undone = cleaner.undo(id);
        if (undone.isEmpty()) {
            throw new IllegalArgumentException("nothing is in the trash as " + id);
        }
        return undone;
    }

    private List<Outcome> answer(JsonNode asked) throws IOException, TimeoutException, InterruptedException {
        if (asked.path("acceptLedger").asBoolean(false)) {
            guard.accept();
            return List.of();
        }
        KeepPattern keep = KeepPattern.of(asked.path("keep").asText(""));
        String wanted = asked.path("repository").asText("");
        ledger.catchUp();
        List<RepositoryId> repositories = ledger.repositories().stream()
                .filter(each -> wanted.isEmpty()
                        || each.path().equals(wanted)
                        || each.toString().equals(wanted))
                .toList();
        if (repositories.isEmpty() && !wanted.isEmpty()) {
            throw new IllegalArgumentException("the ledger has nothing of a repository " + wanted);
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (RepositoryId repository : repositories) {
            outcomes.add(cleaner.clean(new Wish(
                    repository,
                    asked.path("dryRun").asBoolean(true),
                    asked.path("yes").asBoolean(false),
                    keep)));
        }
        return outcomes;
    }

    private static void refuse(RoutingContext context, int status, String why) {
        context.vertx().runOnContext(done -> context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("message", why).encode()));
    }
}
