package io.forgefleet.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.work.template.TemplateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a fleet's API tells of template databases. Thread-safe; blocks. */
final class FleetTemplates {

    /** How far back a commit is looked for that the fleet has seen; people push several at once. */
    private static final int MOST_COMMITS = 50;

    private static final int MOST_ASKED = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * An answer.
     *
     * @param commit that it is about: the one that was asked for, or one before it that needs the same database
     * @param state {@code ready}, {@code building}, {@code failed} or {@code missing}
     */
    record Answer(CommitId commit, String state, JsonNode json) {

        boolean isReady() {
            return state.equals("ready");
        }

        String text(String name) {
            return json.path(name).asText("");
        }

        List<String> lastLines() {
            return json.path("lastLines").valueStream().map(JsonNode::asText).toList();
        }

        /** Digest of the artifact. */
        Digest manifest() {
            return new Digest(text("reference").substring(text("reference").indexOf('@') + 1));
        }

        /** The registry's templates of this name. */
        TemplateStore store(Path scratch) {
            String repository = text("reference").substring(0, text("reference").indexOf('@'));
            int slash = repository.indexOf('/');
            Registry registry = new Registry(
                    repository.substring(0, slash),
                    json.path("plainHttp").asBoolean(),
                    DockerCredentials.ofThisProcess(),
                    TIMEOUT);
            return new TemplateStore(registry, repository.substring(slash + 1), scratch);
        }

        /** Without a template: why, and what to do. */
        CommandFailure failure(String name) {
            String message =
                    switch (state) {
                        case "building" -> "the fleet is still making " + name + " for " + Recipe.sha7(commit);
                        case "failed" -> "the fleet could not make " + name + ": " + text("message");
                        default -> "the fleet has no " + name + " for " + Recipe.sha7(commit) + ": " + text("message");
                    };
            StringBuilder advice = new StringBuilder();
            lastLines().forEach(line -> advice.append("| ").append(line).append('\n'));
            if (!text("page").isEmpty()) {
                advice.append("its run: ").append(text("page")).append('\n');
            }
            advice.append(
                    state.equals("building")
                            ? "wait for it: --wait 10m"
                            : text("advice") + (state.equals("missing") ? "\nwait for it: --wait 10m" : ""));
            return new CommandFailure(message, advice.toString());
        }
    }

    private final FleetServer server;
    private final String repository;
    private final String trust;

    /**
     * @param repository as {@link RepositoryName} has it
     * @param trust the lowest class that will do
     */
    FleetTemplates(FleetServer server, String repository, String trust) {
        this.server = server;
        this.repository = repository;
        this.trust = trust;
    }

    /**
     * Asks for a commit; where the fleet has not seen it, for those before it that need the same database.
     *
     * @param clone that has them
     */
    Answer ask(LocalClone clone, Recipe wanted) throws CommandFailure, ClientException, InterruptedException {
        Answer first = ask(wanted, wanted.commit());
        if (!first.state().equals("missing")) {
            return first;
        }
        int asked = 1;
        for (CommitId before : clone.history(wanted.commit(), MOST_COMMITS)) {
            if (before.equals(wanted.commit())) {
                continue;
            }
            if (asked++ >= MOST_ASKED || !needsTheSame(clone, before, wanted)) {
                break;
            }
            Answer answer = ask(wanted, before);
            if (!answer.state().equals("missing")) {
                return answer;
            }
        }
        return first;
    }

    private static boolean needsTheSame(LocalClone clone, CommitId before, Recipe wanted)
            throws ClientException, InterruptedException {
        try {
            return Recipe.of(clone, before, wanted.spec().name()).needsTheSameAs(wanted);
        } catch (CommandFailure e) {
            return false; // it declared none yet, or not well
        }
    }

    private Answer ask(Recipe wanted, CommitId commit) throws CommandFailure, InterruptedException {
        JsonNode json = server.get(
                "/api/templates/" + repository + "/" + wanted.spec().name() + "@" + commit, Map.of("trust", trust));
        return new Answer(commit, json.path("state").asText(), json);
    }
}
