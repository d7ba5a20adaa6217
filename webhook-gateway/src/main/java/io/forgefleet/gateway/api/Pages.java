package io.forgefleet.gateway.api;

import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.api.answer.Answers;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.page.ForgeLinks;
import io.forgefleet.gateway.api.page.Page;
import io.forgefleet.gateway.api.page.RunPage;
import io.forgefleet.gateway.api.page.RunsPage;
import io.forgefleet.runtime.config.FleetConfig;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The pages: {@code /runs} and {@code /runs/{id}}. They take the same parameters as the API. */
public final class Pages {

    private final RunCatalogue runs;
    private final RunPage runPage;
    private final RunsPage runsPage = new RunsPage();

    public Pages(RunCatalogue runs, FleetConfig config) {
        this.runs = runs;
        this.runPage = new RunPage(new ForgeLinks(config));
    }

    /** Adds the routes to a router that has let the caller in. */
    public void add(Router router) {
        router.get("/").handler(context -> context.redirect("/runs"));
        router.get("/runs").handler(Answers.handling(context -> answer(context, this::list)));
        router.get("/runs/:run").handler(Answers.handling(context -> answer(context, this::run)));
    }

    private interface Rendering {
        String render(RoutingContext context) throws ApiException;
    }

    private static void answer(RoutingContext context, Rendering rendering) {
        String html;
        try {
            html = rendering.render(context);
        } catch (ApiException e) {
            context.response().setStatusCode(e.status());
            html = Page.message("No such page", e.text(), e.advice());
        }
        context.response()
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .putHeader("Content-Security-Policy", Page.POLICY)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-store")
                .end(html);
    }

    private String list(RoutingContext context) throws ApiException {
        MultiMap query = context.queryParams();
        int limit = RunFilter.limit(query);
        List<RunState> found = runs.find(RunFilter.read(query), limit);
        return runsPage.render(found, found.size() < limit ? null : next(query, found.getLast()), Instant.now());
    }

    private static String next(MultiMap query, RunState last) {
        MultiMap following = MultiMap.caseInsensitiveMultiMap().addAll(query);
        following.set("cursor", RunFilter.Cursor.of(last).toString());
        return following.entries().stream().map(Pages::encoded).collect(Collectors.joining("&"));
    }

    private static String encoded(Map.Entry<String, String> parameter) {
        return parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8);
    }

    private String run(RoutingContext context) throws ApiException {
        Optional<RunState> found = runs.find(Ids.run(context.pathParam("run")));
        return runPage.render(
                found.orElseThrow(() -> ApiException.notFound(
                        "This run is not known here.",
                        "It may still wait for a free worker: look again in a moment. Runs are kept for 30 days.")),
                Instant.now());
    }
}
