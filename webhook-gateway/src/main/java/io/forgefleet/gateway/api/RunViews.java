package io.forgefleet.gateway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.page.Words;
import java.net.URI;
import java.util.List;

/** Runs as the API shows them: the state as {@code fleet.runs} has it, with {@code state} in one word and the run's page. */
final class RunViews {

    private final URI publicUrl;

    RunViews(URI publicUrl) {
        this.publicUrl = publicUrl;
    }

    ObjectNode of(RunState run) {
        ObjectNode view = Json.mapper().valueToTree(run);
        Outcome outcome = run.outcome();
        view.put("state", Words.word(outcome == null ? run.phase() : outcome.reason()));
        view.put("page", publicUrl + "/runs/" + run.run());
        return view;
    }

    ArrayNode of(List<RunState> runs) {
        ArrayNode list = Json.mapper().createArrayNode();
        runs.forEach(run -> {
            ObjectNode view = of(run);
            view.remove("steps");
            list.add(view);
        });
        return list;
    }
}
