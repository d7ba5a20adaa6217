package io.forgefleet.gateway.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.EventId;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.replay.EventIndex;
import io.forgefleet.gateway.replay.IndexedEvent;
import io.forgefleet.gateway.replay.ReplayException;
import io.forgefleet.gateway.replay.ReplayRequest;
import io.forgefleet.gateway.replay.Replays;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.release.ReleaseTargets;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * The API: {@code /api/runs}, {@code /api/runs/{id}}, its {@code /logs}, {@code /api/events/{id}}, {@code /api/replays},
 * {@code /api/templates/{repository}/{name}@{commit}}.
 */
public final class ManagementApi implements AutoCloseable {

    private static final Set<WorkerKind> WORKERS = Set.of(WorkerKind.BUILD, WorkerKind.TEMPLATE);
    private static final int MOST_BODY = 16 * 1024;

    private final RunCatalogue runs;
    private final EventIndex events;
    private final Replays replays;
    private final RunFiles files;
    private final RunTars tars;
    private final LogStreams logs;
    private final RunViews views;
    private final TemplateViews templates;
    private final URI publicUrl;

    /** @param publicUrl base of the run pages, without a slash at its end */
    public ManagementApi(
            KafkaSettings kafka,
            RunCatalogue runs,
            EventIndex events,
            Replays replays,
            Registries registries,
            RunTars tars,
            URI publicUrl) {
        this.runs = runs;
        this.events = events;
        this.replays = replays;
        this.files = new RunFiles(registries);
        this.tars = tars;
        this.logs = new LogStreams(kafka, runs);
        this.views = new RunViews(publicUrl);
        this.templates = new TemplateViews(runs, registries, publicUrl);
        this.publicUrl = publicUrl;
    }

    /** Adds the routes to a router that has let the caller in. */
    public void add(Router router) {
        router.get("/api/runs").handler(Answers.json(this::list));
        router.get("/api/runs/:run").handler(Answers.json(context -> views.of(run(context))));
        router.get("/api/runs/:run/logs").handler(Answers.handling(this::log));
        router.route("/api/runs/:run/image.tar")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(Answers.handling(
                        context -> tars.send(run(context), context.queryParams().get("image"), context)));
        router.get("/api/runs/:run/:file")
                .handler(Answers.handling(
                        context -> files.send(run(context), context.pathParam("file"), context.response())));
        router.get("/api/events/:event").handler(Answers.json(this::event));
        router.get(TemplateQuery.PATH + "*")
                .handler(Answers.json(
                        context -> templates.of(TemplateQuery.read(context.normalizedPath(), context.queryParams()))));
        router.post("/api/runs/:run/resume").handler(Answers.json(context -> release(context, ReleaseTargets.RELEASE)));
        router.post("/api/runs/:run/abort").handler(Answers.json(context -> release(context, ReleaseTargets.ABORT)));
        router.post("/api/replays")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BODY))
                .handler(Answers.json(this::replay));
        router.route("/api/*").handler(Answers.json(context -> {
            throw ApiException.notFound(
                    "there is no " + context.request().method() + " " + context.normalizedPath(),
                    "use GET /api/runs, /api/runs/{id}, /api/runs/{id}/logs, /api/runs/{id}/scan.sarif, "
                            + "/api/runs/{id}/image.tar, /api/events/{id}, "
                            + "/api/templates/{repository}/{name}@{commit}, POST /api/templates/{key}/clones, DELETE"
                            + " /api/templates/{key}/clones/{id}, POST /api/replays, /api/prune, /api/runs/{id}/resume or"
                            + " /api/runs/{id}/abort");
        }));
        router.route("/api/*").failureHandler(Answers::failed);
    }

    private ObjectNode list(RoutingContext context) throws ApiException {
        RunFilter filter = RunFilter.read(context.queryParams());
        int limit = RunFilter.limit(context.queryParams());
        List<RunState> found = runs.find(filter, limit);
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.set("runs", views.of(found));
        answer.put(
                "next",
                found.size() < limit
                        ? null
                        : RunFilter.Cursor.of(found.getLast()).toString());
        return answer;
    }

    private RunState run(RoutingContext context) throws ApiException {
        RunId id = Ids.run(context.pathParam("run"));
        return runs.find(id)
                .orElseThrow(() -> ApiException.notFound(
                        "run " + id + " is not known",
                        "a run is known when a worker has taken it, and for 30 days; GET /api/runs lists them"));
    }

    private void log(RoutingContext context) throws ApiException {
        boolean follow = !"false".equals(context.queryParams().get("follow"));
        logs.send(
                run(context),
                context.response(),
                follow,
                Optional.ofNullable(context.request().getHeader("Last-Event-ID")));
    }

    private ObjectNode event(RoutingContext context) throws ApiException {
        EventId id = Ids.event(context.pathParam("event"));
        IndexedEvent found = events.find(id)
                .orElseThrow(() -> ApiException.notFound(
                        "event " + id + " is not known",
                        "events are kept for 30 days, and the newest 100,000 are found"));
        ObjectNode answer = Json.mapper().createObjectNode();
        try {
            answer.set("event", Json.mapper().valueToTree(events.load(found)));
        } catch (TimeoutException e) {
            throw ApiException.unavailable(String.valueOf(e.getMessage()), "try again when Kafka is back");
        }
        answer.put("topic", found.partition().topic());
        answer.put("partition", found.partition().partition());
        answer.put("offset", found.offset());
        answer.set("runs", views.of(runs.ofEvent(id)));
        return answer;
    }

    private ObjectNode release(RoutingContext context, String target) throws ApiException, InterruptedException {
        Job job;
        try {
            job = replays.release(run(context), target);
        } catch (ReplayException e) {
            throw refused(e);
        }
        context.response().setStatusCode(202);
        return Json.mapper()
                .createObjectNode()
                .put("run", job.run().value())
                .put("page", publicUrl + "/runs/" + job.run());
    }

    private static ApiException refused(ReplayException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case INVALID -> ApiException.badRequest(message, e.advice());
            case NOTHING -> ApiException.notFound(message, e.advice());
            case UNAVAILABLE -> ApiException.unavailable(message, e.advice());
        };
    }

    private ObjectNode replay(RoutingContext context) throws ApiException, InterruptedException {
        ReplayRequest request;
        List<Replays.Replayed> replayed;
        try {
            String body = context.body().asString();
            request = ReplayRequest.read(Json.mapper().readTree(body == null ? "" : body), WORKERS);
            replayed = replays.replay(request);
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("the body is no JSON: " + e.getOriginalMessage(), "send a JSON object");
        } catch (ReplayException e) {
            throw refused(e);
        }
        context.response().setStatusCode(request.dryRun() ? 200 : 202);
        ObjectNode answer = Json.mapper().createObjectNode().put("dryRun", request.dryRun());
        ArrayNode jobs = answer.putArray("jobs");
        replayed.forEach(each -> jobs.add(view(each, request)));
        return answer;
    }

    private ObjectNode view(Replays.Replayed replayed, ReplayRequest request) {
        IndexedEvent event = replayed.event();
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("event", event.id().value());
        view.put("repository", event.repository().toString());
        view.put("subject", event.subject());
        view.put("commit", event.commit() == null ? null : event.commit().value());
        view.put("accepted", event.at().toString());
        view.put("worker", request.worker().name());
        view.put("rebuild", request.rebuild());
        Job job = replayed.job();
        if (job != null) {
            view.put("job", job.id());
            view.put("run", job.run().value());
            view.put("page", publicUrl + "/runs/" + job.run());
        }
        return view;
    }

    /** Ends the logs that are being read. */
    @Override
    public void close() {
        logs.close();
    }
}
