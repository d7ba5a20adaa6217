package io.forgefleet.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.TemplateStore;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Template databases of commits, by what their runs told and what the registry has. Blocks. */
final class Templates {

    private static final int MOST_RUNS = 50;

    private final RunCatalogue runs;
    private final Registries registries;
    private final URI publicUrl;

    Templates(RunCatalogue runs, Registries registries, URI publicUrl) {
        this.runs = runs;
        this.registries = registries;
        this.publicUrl = publicUrl;
    }

    /**
     * What is known of one.
     *
     * @param repository {@code forge/owner/name}
     * @param commit its first digits, or all
     * @throws ApiException 404 when no run of the commit is known, or none of that name
     */
    ObjectNode of(String repository, String name, String commit) throws ApiException, InterruptedException {
        List<RunState> found =
                runs.find(new RunFilter(repository, null, null, commit, null, null), 10 * MOST_RUNS).stream()
                        .filter(run -> run.subject().kind().equals(WorkerKind.TEMPLATE))
                        .limit(MOST_RUNS)
                        .toList();
        if (found.isEmpty()) {
            throw ApiException.notFound(
                    "nothing is known of template databases of " + repository + " at " + commit,
                    "push the commit, or replay it with worker template; .forgefleet.yml has to declare "
                            + "templateDatabases");
        }
        for (RunState run : found) {
            Optional<PushedImage> told = run.images().stream()
                    .filter(image -> image.name().equals(TemplateStore.FOLDER + "/" + name))
                    .findFirst();
            if (told.isPresent()) {
                return available(name, run, told.get());
            }
        }
        RunState newest = found.getFirst();
        Outcome outcome = newest.outcome();
        if (outcome != null && outcome.reason() == Outcome.Reason.SUCCEEDED) {
            throw ApiException.notFound(
                    "this commit declares no template database " + name, "see " + publicUrl + "/runs/" + newest.run());
        }
        ObjectNode answer = about(name, newest);
        answer.put("state", outcome == null || outcome.reason().startsAgain() ? "preparing" : "failed");
        if (outcome != null) {
            answer.put("message", outcome.message());
            outcome.lastLines().forEach(answer.putArray("lastLines")::add);
        }
        return answer;
    }

    private ObjectNode available(String name, RunState run, PushedImage image)
            throws ApiException, InterruptedException {
        Registries.Place at = registries
                .find(image.repository())
                .orElseThrow(() -> ApiException.notFound(
                        name + " is in " + image.repository() + ", which no registry of the configuration has",
                        "add that registry to fleet.yml"));
        ObjectNode answer = about(name, run);
        answer.put("state", "available");
        answer.put("key", image.tag());
        answer.put("digest", image.digest().value());
        answer.put("reference", image.reference());
        answer.put("reused", image.reused());
        try {
            ObjectNode annotations = answer.putObject("annotations");
            at.registry().get(at.path(), image.digest().value()).annotations().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(each -> annotations.put(each.getKey(), each.getValue()));
            return answer;
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                throw ApiException.notFound(
                        name + " of this commit is no longer in " + image.repository(),
                        "replay the commit with worker template, and it is made again");
            }
            throw ApiException.unavailable(String.valueOf(e.getMessage()), "try again when the registry answers");
        }
    }

    private ObjectNode about(String name, RunState run) {
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("name", name);
        answer.put("repository", run.subject().repository().toString());
        answer.put("commit", Objects.requireNonNull(run.subject().commit()).value());
        answer.put("run", run.run().value());
        answer.put("page", publicUrl + "/runs/" + run.run());
        return answer;
    }
}
