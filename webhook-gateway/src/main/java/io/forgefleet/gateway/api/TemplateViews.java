package io.forgefleet.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.page.Words;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Template databases as the API shows them: the runs of a commit say which artifact it has, the registry whether that is there and what
 * is in it. Thread-safe; blocks.
 */
final class TemplateViews {

    /** Of one commit; there is one for each push, pull request and replay. */
    private static final int MOST_RUNS = 200;

    private static final String PREPARE = "push the commit, or have it prepared: ./fleet template prepare ";

    private final RunCatalogue runs;
    private final Registries registries;
    private final URI publicUrl;

    TemplateViews(RunCatalogue runs, Registries registries, URI publicUrl) {
        this.runs = runs;
        this.registries = registries;
        this.publicUrl = publicUrl;
    }

    /** An artifact that is there, with what told of it. */
    private record Found(StoredTemplate template, PushedImage pushed, Registries.Place place) {}

    /** The template of a commit: ready, building, failed, or missing. */
    ObjectNode of(TemplateQuery query) throws ApiException, InterruptedException {
        List<RunState> about = about(query);
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("repository", query.repository());
        view.put("name", query.name());
        view.put("commit", query.commit());
        if (about.isEmpty()) {
            return missing(
                    view,
                    "the fleet knows no run for template databases of commit " + query.commit() + " of "
                            + query.repository(),
                    PREPARE + query.name() + "; a commit that declares none has no run");
        }
        RunState newest = about.getFirst();
        view.put("repository", newest.subject().repository().toString());
        view.put("commit", String.valueOf(newest.subject().commit()));
        List<Found> found = found(query, about);
        Optional<Found> best = found.stream()
                .filter(each -> each.template().trust().compareTo(query.least()) >= 0)
                .max((one, other) ->
                        one.template().trust().compareTo(other.template().trust()));
        return best.isPresent() ? ready(view, best.get()) : unready(query, view, newest, found);
    }

    private List<RunState> about(TemplateQuery query) throws ApiException {
        RunFilter filter = new RunFilter(query.repository(), null, null, query.commit(), null, null);
        List<RunState> about = runs.find(filter, MOST_RUNS).stream()
                .filter(run -> run.subject().kind().equals(WorkerKind.TEMPLATE))
                .filter(run -> !run.subject().target().contains("/")
                        || run.subject().target().endsWith("/" + query.name()))
                .toList();
        requireOne(
                about.stream()
                        .map(run -> run.subject().repository().toString())
                        .distinct()
                        .sorted()
                        .toList(),
                "name its forge: forge/owner/name");
        requireOne(
                about.stream()
                        .map(run -> String.valueOf(run.subject().commit()))
                        .distinct()
                        .sorted()
                        .toList(),
                "give more digits");
        return about;
    }

    private static void requireOne(List<String> meant, String advice) throws ApiException {
        if (meant.size() > 1) {
            throw ApiException.badRequest("several are meant: " + String.join(", ", meant), advice);
        }
    }

    private List<Found> found(TemplateQuery query, List<RunState> about) throws ApiException, InterruptedException {
        List<Found> found = new ArrayList<>();
        List<PushedImage> told = about.stream()
                .flatMap(run -> run.images().stream())
                .filter(image -> image.name().equals(TemplateStore.FOLDER + "/" + query.name()))
                .collect(Collectors.toMap(PushedImage::digest, image -> image, (newer, older) -> newer))
                .values()
                .stream()
                .toList();
        for (PushedImage image : told) {
            Optional<Registries.Place> place = registries.find(image.repository());
            if (place.isEmpty()) {
                continue; // of a registry that is not configured any more
            }
            try {
                // nothing is written here, so nothing needs a folder
                TemplateStore store =
                        new TemplateStore(place.get().registry(), place.get().path(), Path.of("."));
                found.add(new Found(store.get(image.digest()), image, place.get()));
            } catch (ClientException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw ApiException.unavailable(
                            String.valueOf(e.getMessage()), "try again when the registry answers");
                }
            }
        }
        return found;
    }

    private ObjectNode ready(ObjectNode view, Found found) {
        StoredTemplate template = found.template();
        view.put("state", "ready");
        view.put("key", template.key());
        view.put("reference", found.pushed().repository() + "@" + template.manifest());
        view.put("plainHttp", found.place().plainHttp());
        view.put("page", publicUrl + "/runs/" + template.run());
        view.putObject("template")
                .put("engine", Words.word(template.engine()))
                .put("trust", Words.word(template.trust()))
                .put("commit", template.commit().value())
                .put("run", template.run().value())
                .put("created", template.created().toString())
                .put("content", template.content().value())
                .put("bytes", template.bytes())
                .put("compressedBytes", template.blobBytes())
                .put("tables", template.facts().tables())
                .put("rows", template.facts().rows())
                .put("seconds", template.took().toMillis() / 1000.0);
        return view;
    }

    private ObjectNode unready(TemplateQuery query, ObjectNode view, RunState newest, List<Found> found) {
        view.put("run", newest.run().value());
        view.put("page", publicUrl + "/runs/" + newest.run());
        Outcome outcome = newest.outcome();
        if (outcome == null || outcome.reason().startsAgain()) {
            view.put("state", "building");
            view.put("message", "run " + newest.run() + " is at it");
            return view.put("advice", "ask again in some seconds");
        }
        switch (outcome.reason()) {
            case FAILED, TIMED_OUT, SKIPPED -> {
                view.put("state", "failed");
                view.put("message", outcome.message());
                outcome.lastLines().forEach(view.putArray("lastLines")::add);
                return view.put(
                        "advice", "mend what it says; or, where it may pass: ./fleet template prepare " + query.name());
            }
            case SUCCEEDED -> {
                if (!found.isEmpty()) {
                    return missing(
                            view,
                            "there is one only by a build of class "
                                    + Words.word(found.getFirst().template().trust()),
                            "merge it, or say that such a one will do: trust="
                                    + Words.word(found.getFirst().template().trust()));
                }
                String names = newest.images().stream()
                        .map(image -> image.name().substring(image.name().lastIndexOf('/') + 1))
                        .distinct()
                        .collect(Collectors.joining(", "));
                boolean had =
                        newest.images().stream().anyMatch(image -> image.name().endsWith("/" + query.name()));
                return had
                        ? missing(
                                view,
                                "it was made, and is no longer in its registry",
                                "have it made anew: ./fleet template prepare " + query.name())
                        : missing(
                                view,
                                "the commit declares no template database " + query.name() + ", but " + names,
                                "name one of these, or declare it in .forgefleet.yml");
            }
            default -> {
                return missing(
                        view,
                        "run " + newest.run() + " ended without it (" + Words.word(outcome.reason()) + "): "
                                + outcome.message(),
                        "have it prepared: ./fleet template prepare " + query.name());
            }
        }
    }

    private static ObjectNode missing(ObjectNode view, String message, String advice) {
        return view.put("state", "missing").put("message", message).put("advice", advice);
    }
}
