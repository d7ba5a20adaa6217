package io.forgefleet.local.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.server.FleetServer;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives out databases of PostgreSQL, and takes them back. */
@Command(
        name = "clone",
        description = {
            "Makes a database of your own on the fleet's PostgreSQL, a clone of the one that a commit of this clone needs,"
                    + " and prints its connection string. Give it back in the end; else it is removed after some hours."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  DATABASE_URL=\"$(./fleet template clone main)\"",
            "  ./fleet template clone main --drop \"$DATABASE_URL\""
        })
public final class TemplateCloneCommand implements Callable<Integer> {

    /** The name of a clone says which one it is. */
    private static final Pattern CLONE =
            Pattern.compile(".*/ff_c_([0-9a-f]{24})_([0-9a-f]{8})_([0-9a-f]{8})_([0-9a-f]{8})(?:\\?.*)?");

    private final Invocation invocation;

    @Mixin
    private final TemplateOptions options = new TemplateOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "As templateDatabases of .forgefleet.yml has it. Default: the only one.")
    private String name = "";

    @Option(names = "--commit", paramLabel = "SHA", description = "Which commit. Default: ${DEFAULT-VALUE}.")
    private String commit = "HEAD";

    @Option(names = "--drop", paramLabel = "URL", description = "Give back the database of that connection string.")
    private @Nullable String drop;

    public TemplateCloneCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ClientException, InterruptedException {
        try (FleetServer server = options.connect(invocation.environment())) {
            String back = drop;
            if (back == null) {
                take(server);
            } else {
                drop(server, back);
            }
        }
        return 0;
    }

    private void take(FleetServer server) throws CommandFailure, ClientException, InterruptedException {
        LocalClone clone = options.clone(invocation.environment());
        Recipe recipe = Recipe.of(clone, clone.commit(commit), name);
        FleetTemplates.Answer answer =
                new FleetTemplates(server, options.repository(clone), "branch").ask(clone, recipe);
        if (!answer.isReady()) {
            throw answer.failure(recipe.spec().name());
        }
        JsonNode made = server.post(
                "/api/templates/" + answer.text("key") + "/clones",
                Json.mapper().createObjectNode());
        invocation.terminal().print(made.path("url").asText());
        say("removed after " + made.path("removedAfter").asText() + " unless it is given back before: --drop");
    }

    private void drop(FleetServer server, String url) throws CommandFailure, InterruptedException {
        Matcher clone = CLONE.matcher(url);
        if (!clone.matches()) {
            throw new CommandFailure("this is no connection string of a clone", "give the one that clone has printed");
        }
        // the server goes by the first digits
        String key = clone.group(1) + "0".repeat(40);
        server.delete(
                "/api/templates/" + key + "/clones/" + clone.group(2) + "-" + clone.group(3) + "-" + clone.group(4));
        say("dropped");
    }

    private void say(String line) {
        invocation.terminal().say(invocation.terminal().paint(Paint.DIM, line));
    }
}
