package io.forgefleet.cleanup.api;

import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.sweep.Cleaner;
import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/prune}: plans, and deletes unless it is a dry run. The body is a {@link PruneRequest}; the answer is lines of JSON:
 * {@code {"now": time of the ledger}}, {@code {"at": repository}} while one is worked on, {@code {"outcome": …}} of each, and
 * {@code {"undone": [image and tag, …]}} of what was taken back from the trash, and {@code {"end": true, "freed": bytes}} when all is done; without that line it broke off. Who goes away stops what they asked for.
 */
public final class PruneRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(PruneRoutes.class);
    private static final int MOST_BYTES = 16 * 1024;

    /** A plan of a large repository takes memory. */
    private static final int MOST_AT_ONCE = 2;

    private final Cleaner cleaner;
    private final LedgerTopic ledger;
    private final LedgerGuard guard;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);

    public PruneRoutes(Cleaner cleaner, LedgerTopic ledger, LedgerGuard guard) {
        this.cleaner = cleaner;
        this.ledger = ledger;
        this.guard = guard;
    }

    /** Adds them to a router that has let the caller in, before whatever answers all else below {@code /api}. */
    public void add(Router router) {
        router.post("/api/prune")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BYTES))
                .handler(this::prune);
    }

    private void prune(RoutingContext context) {
        Buffer body = context.body().buffer();
        Thread.ofVirtual().name("prune").start(() -> {
            if (!room.tryAcquire()) {
                refuse(context, 503, MOST_AT_ONCE + " others are being answered", "try again when they are done");
                return;
            }
            try {
                PruneRequest asked = PruneRequest.read(body == null ? new byte[0] : body.getBytes());
                if (asked.undo().isEmpty()) {
                    answer(context, asked);
                } else {
                    undo(context, asked.undo());
                }
            } catch (ClientException e) {
                refuse(context, 409, String.valueOf(e.getMessage()), "");
            } catch (IllegalArgumentException e) {
                refuse(context, 400, String.valueOf(e.getMessage()), "");
            } catch (NothingKnown e) {
                refuse(context, 404, String.valueOf(e.getMessage()), e.advice);
            } catch (TimeoutException | IOException e) {
                refuse(context, 503, String.valueOf(e.getMessage()), "try again when Kafka is back");
            } catch (InterruptedException e) {
                refuse(context, 503, "the cleanup worker stops", "");
            } catch (RuntimeException e) {
                LOG.error("a cleanup that was asked for failed", e);
                refuse(
                        context,
                        500,
                        "the cleanup worker made a mistake",
                        "look for the error in its log and report it");
            } finally {
                room.release();
            }
        });
    }

    /** Nothing that could be told of. */
    private static final class NothingKnown extends Exception {

        private static final long serialVersionUID = 1;

        private final String advice;

        NothingKnown(String message, String advice) {
            super(message);
            this.advice = advice;
        }
    }

    private void answer(RoutingContext context, PruneRequest asked)
            throws NothingKnown, IOException, TimeoutException, InterruptedException {
        if (asked.acceptLedger()) {
            guard.accept();
        }
        Instant now = ledger.catchUp();
        List<RepositoryId> repositories = asked.acceptLedger() ? List.of() : repositories(asked);
        FreedBytes freed = new FreedBytes();
        try (LineAnswer answer = new LineAnswer(context)) {
            answer.write(Map.of("now", now));
            try (Cleanups cleanups = new Cleanups(repositories, ledger::size, each -> cleaner.clean(asked.of(each)))) {
                for (RepositoryId repository : repositories) {
                    answer.at(repository.toString());
                    Outcome outcome = cleanups.next();
                    freed.add(outcome);
                    answer.write(Map.of("outcome", asked.told(outcome)));
                }
            }
            answer.write(Map.of("end", true, "freed", freed.total()));
        } catch (IOException e) {
            LOG.info("a cleanup that was asked for is told to nobody: {}", e.getMessage());
        }
    }

    private void undo(RoutingContext context, String id)
            throws NothingKnown, ClientException, IOException, TimeoutException, InterruptedException {
        List<String> undone = cleaner.undo(id);
        if (undone.isEmpty()) {
            throw new NothingKnown(
                    "nothing is in the trash as " + id,
                    "what is there has a tag trash-DATE-… in its repository; ./fleet prune --dry-run lists all tags");
        }
        try (LineAnswer answer = new LineAnswer(context)) {
            answer.write(Map.of("undone", undone));
            answer.write(Map.of("end", true, "freed", 0));
        }
    }

    private List<RepositoryId> repositories(PruneRequest asked) throws NothingKnown {
        String image = asked.reference().image();
        List<RepositoryId> repositories = ledger.repositories().stream()
                .filter(asked::isAbout)
                .filter(each -> image.isEmpty() || ledger.images(each).contains(image))
                .sorted(Comparator.comparing(RepositoryId::toString))
                .toList();
        if (repositories.isEmpty() && !image.isEmpty()) {
            throw new NothingKnown(
                    "the ledger has nothing of " + image + ", so the fleet did not make it, and never deletes it",
                    near(image).map(other -> "it has " + other).orElse("./fleet prune --dry-run lists what it has"));
        }
        if (repositories.isEmpty() && !asked.repository().isEmpty()) {
            throw new NothingKnown(
                    "the ledger has nothing of a repository " + asked.repository(),
                    "name it owner/name or forge/owner/name, literally; ./fleet prune --dry-run lists all that it has");
        }
        return repositories;
    }

    /** An image that ends as the one that was asked for. */
    private Optional<String> near(String image) {
        String end = image.substring(image.lastIndexOf('/'));
        return ledger.repositories().stream()
                .flatMap(each -> ledger.images(each).stream())
                .filter(other -> other.endsWith(end))
                .min(Comparator.naturalOrder());
    }

    private static void refuse(RoutingContext context, int status, String message, String advice) {
        if (context.response().headWritten()) {
            context.response().reset();
            return;
        }
        context.response()
                .setChunked(false)
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(Json.write(Map.of("message", message, "advice", advice))));
    }
}
