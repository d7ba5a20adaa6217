package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Table;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateKey.Difference;
import io.forgefleet.work.template.TemplateKey.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a template's key is made of. */
@Command(
        name = "explain",
        description = {
            "Shows what goes into the key of a template database at a commit, or what differs between two commits: why a"
                    + " database is made anew. The files and settings come from this clone; key, image and class of the build"
                    + " from the fleet, where one answers."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet template explain main",
            "  ./fleet template explain main origin/main HEAD       why this branch has a database of its own"
        })
public final class TemplateExplainCommand implements Callable<Integer> {

    private static final int MOST_VALUE = 60;

    /** What a clone has of a template, and what the fleet made of it. */
    private record Known(Recipe recipe, List<Part> parts) {}

    private final Invocation invocation;

    @Mixin
    private final TemplateOptions options = new TemplateOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "As templateDatabases of .forgefleet.yml has it.")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "COMMIT", description = "Which commit. Default: HEAD.")
    private String commit = "HEAD";

    @Parameters(index = "2", arity = "0..1", paramLabel = "OTHER", description = "A newer one to compare it with.")
    private @Nullable String other;

    @Option(names = "--offline", description = "Do not ask the fleet.")
    private boolean offline;

    @Option(names = "--json", description = "Print a JSON array: name and value, or part, before and after.")
    private boolean json;

    public TemplateExplainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ClientException, InterruptedException {
        LocalClone clone = options.clone(invocation.environment());
        Known first = known(clone, commit);
        String newer = other;
        if (newer == null) {
            show(first.parts());
        } else {
            compare(first, known(clone, newer));
        }
        return 0;
    }

    private Known known(LocalClone clone, String revision)
            throws CommandFailure, ClientException, InterruptedException {
        Recipe recipe = Recipe.of(clone, clone.commit(revision), name);
        List<Part> parts = new ArrayList<>();
        ofFleet(clone, recipe).ifPresent(key -> {
            parts.add(new Part("key", key.hash()));
            key.parts().stream()
                    .filter(part -> Recipe.FLEETS_OWN.contains(part.name()))
                    .forEach(parts::add);
        });
        parts.addAll(recipe.parts());
        return new Known(recipe, parts);
    }

    /** The key as the fleet has it; empty, after the reason was said, where it has none. */
    private Optional<TemplateKey> ofFleet(LocalClone clone, Recipe recipe)
            throws CommandFailure, ClientException, InterruptedException {
        if (offline) {
            return Optional.empty();
        }
        String repository = options.repository(clone);
        try (FleetServer server = options.connect(invocation.environment())) {
            FleetTemplates.Answer answer = new FleetTemplates(server, repository, "branch").ask(clone, recipe);
            if (!answer.isReady()) {
                say(String.valueOf(answer.failure(recipe.spec().name()).getMessage()));
                return Optional.empty();
            }
            // nothing is written, so nothing needs a folder
            var store = answer.store(options.folder());
            StoredTemplate template = store.get(answer.manifest());
            return Optional.of(store.key(template));
        } catch (CommandFailure | ClientException e) {
            say("without what only the fleet knows: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void show(List<Part> parts) {
        if (json) {
            invocation.terminal().print(new String(Json.write(parts), StandardCharsets.UTF_8));
            return;
        }
        Table table = new Table("PART", "VALUE");
        parts.forEach(part -> table.row().cell(part.name()).cell(shown(part.name(), part.value())));
        table.print(invocation.terminal());
    }

    private void compare(Known first, Known second) {
        List<Difference> differences = Stream.concat(
                        ofFleet(first, second), first.recipe().differences(second.recipe()).stream())
                .toList();
        if (json) {
            invocation.terminal().print(new String(Json.write(differences), StandardCharsets.UTF_8));
            return;
        }
        String before = Recipe.sha7(first.recipe().commit());
        String after = Recipe.sha7(second.recipe().commit());
        if (differences.isEmpty()) {
            invocation.terminal().print("nothing: " + before + " and " + after + " need the same database");
            return;
        }
        Table table = new Table("PART", before, after);
        for (Difference each : differences) {
            table.row()
                    .cell(each.part(), Paint.BOLD)
                    .cell(each.before() == null ? "-" : shown(each.part(), each.before()))
                    .cell(each.after() == null ? "-" : shown(each.part(), each.after()));
        }
        table.print(invocation.terminal());
    }

    /** Only of what is known of both. */
    private static Stream<Difference> ofFleet(Known first, Known second) {
        return Stream.of("key", "image", "trust").flatMap(part -> {
            Optional<String> before = value(first, part);
            Optional<String> after = value(second, part);
            return before.isPresent() && after.isPresent() && !before.equals(after)
                    ? Stream.of(new Difference(part, before.get(), after.get()))
                    : Stream.empty();
        });
    }

    private static Optional<String> value(Known known, String part) {
        return known.parts().stream()
                .filter(each -> each.name().equals(part))
                .map(Part::value)
                .findFirst();
    }

    /** Ids in as many digits as tell them apart, long commands cut. */
    private static String shown(String part, String value) {
        if (part.startsWith("file ") || part.contains(": file ")) {
            return value.substring(0, Math.min(12, value.length()));
        }
        String line = value.replaceAll("\\s+", " ").strip();
        int most = part.equals("image") || part.equals("key") ? 71 : MOST_VALUE;
        return line.length() <= most ? line : line.substring(0, most) + "…";
    }

    private void say(String line) {
        invocation.terminal().say(invocation.terminal().paint(Paint.DIM, line));
    }
}
