package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateStore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a template database into a clone. */
@Command(
        name = "pull",
        description = {
            "Brings the finished database that a commit of this clone needs, and prints its path. What was pulled once"
                    + " comes from this machine's cache, without any network; a download is checked by its digest. The file"
                    + " appears whole or not at all, and is a copy of your own to write to."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet template pull main",
            "  ./fleet template pull main --wait 10m               as a CI job, right after the push",
            "  DB=\"$(./fleet template pull main -C ../app --to /tmp/test.db)\""
        })
public final class TemplatePullCommand implements Callable<Integer> {

    private static final Duration BETWEEN = Duration.ofSeconds(1);

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

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "Where it goes. Default: build/.template-migrated.db in the clone; .dump for PostgreSQL.")
    private @Nullable Path to;

    @Option(
            names = "--trust",
            paramLabel = "CLASS",
            description = "The lowest class of code that may have made it: protected (default and protected branches),"
                    + " branch, fork. The highest there is comes first. Default: branch.")
    private TrustClass trust = TrustClass.BRANCH;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Patience.class,
            description = "Wait for the fleet to make it: 90s, 10m, 1h. Default: not at all.")
    private Duration wait = Duration.ZERO;

    @Option(names = "--refresh", description = "Ask the fleet although it is in the cache.")
    private boolean refresh;

    public TemplatePullCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ClientException, InterruptedException {
        LocalClone clone = options.clone(invocation.environment());
        CommitId wanted = clone.commit(commit);
        Recipe recipe = Recipe.of(clone, wanted, name);
        warnOfChanges(clone, recipe);
        String repository = options.repository(clone);
        Path target = target(clone, recipe);
        RememberedTemplates remembered =
                new RememberedTemplates(RememberedTemplates.usualFolder(invocation.environment()));
        if (refresh || !copied(remembered, repository, recipe, target)) {
            try {
                download(remembered, clone, repository, recipe, target);
            } catch (ClientException e) {
                throw ofRegistry(e);
            }
        }
        invocation.terminal().print(target.toString());
        return 0;
    }

    private Path target(LocalClone clone, Recipe recipe) {
        Path given = to;
        if (given != null) {
            return options.folder().resolve(given).toAbsolutePath().normalize();
        }
        boolean sqlite = recipe.spec().engine() == Engine.SQLITE;
        return clone.root().resolve("build").resolve(sqlite ? ".template-migrated.db" : ".template-migrated.dump");
    }

    private boolean copied(RememberedTemplates remembered, String repository, Recipe recipe, Path target)
            throws CommandFailure, InterruptedException {
        Optional<StoredTemplate> there = remembered
                .find(repository, recipe)
                .filter(template -> template.trust().compareTo(trust) >= 0);
        try {
            if (there.isEmpty() || !remembered.databases().copy(there.get(), target)) {
                return false;
            }
        } catch (IOException e) {
            throw notWritten(target, e);
        }
        tell(there.get(), "from this machine's cache");
        return true;
    }

    private void download(
            RememberedTemplates remembered, LocalClone clone, String repository, Recipe recipe, Path target)
            throws CommandFailure, ClientException, InterruptedException {
        FleetTemplates.Answer answer;
        try (FleetServer server = options.connect(invocation.environment())) {
            answer = awaited(new FleetTemplates(server, repository, word(trust)), clone, recipe);
        }
        if (!answer.commit().equals(recipe.commit())) {
            say("the fleet has not seen " + Recipe.sha7(recipe.commit()) + "; " + Recipe.sha7(answer.commit())
                    + " before it needs the same database");
        }
        TemplateStore store = answer.store(remembered.scratch());
        StoredTemplate template = store.get(answer.manifest());
        if (!recipe.fits(store.key(template))) {
            throw new CommandFailure(
                    "what the fleet has for " + Recipe.sha7(answer.commit()) + " of " + repository
                            + " is of other files than this clone has",
                    "is it the same repository? name it: --repo FORGE:OWNER/REPO");
        }
        if (template.trust().compareTo(trust) < 0) {
            throw new CommandFailure("what the fleet has was made by a build of class " + word(template.trust()), "");
        }
        try (DownloadBar bar =
                new DownloadBar(invocation.terminal(), recipe.spec().name(), template.blobBytes())) {
            remembered.databases().copy(template, store, target, bar);
            remembered.remember(repository, recipe, template);
        } catch (IOException e) {
            throw notWritten(target, e);
        }
        tell(template, "from " + answer.text("reference"));
    }

    private FleetTemplates.Answer awaited(FleetTemplates fleet, LocalClone clone, Recipe recipe)
            throws CommandFailure, ClientException, InterruptedException {
        long began = System.nanoTime();
        String said = "";
        while (true) {
            FleetTemplates.Answer answer = fleet.ask(clone, recipe);
            if (answer.isReady()) {
                return answer;
            }
            boolean over = System.nanoTime() - began >= wait.toNanos();
            if (over || answer.state().equals("failed")) {
                throw answer.failure(recipe.spec().name());
            }
            if (!answer.state().equals(said)) {
                said = answer.state();
                say("waits for the fleet: " + answer.text("message"));
            }
            Thread.sleep(BETWEEN);
        }
    }

    private void warnOfChanges(LocalClone clone, Recipe recipe)
            throws CommandFailure, ClientException, InterruptedException {
        List<String> changed = clone.changed(recipe.commit()).stream()
                .filter(path -> path.equals(RepositoryFile.PATH)
                        || recipe.spec().key().stream().anyMatch(glob -> glob.matches(path)))
                .toList();
        if (!changed.isEmpty()) {
            String more = changed.size() > 5 ? " and " + (changed.size() - 5) + " more" : "";
            invocation
                    .terminal()
                    .say(invocation.terminal().paint(Paint.YELLOW, "warning:") + " the database is that of commit "
                            + Recipe.sha7(recipe.commit()) + ", without what is changed here: "
                            + String.join(", ", changed.subList(0, Math.min(5, changed.size()))) + more);
        }
    }

    private void tell(StoredTemplate template, String from) {
        say("%s, made by %s code at %s (%d tables, %d rows; spares %.1f s)"
                .formatted(
                        from,
                        word(template.trust()),
                        Recipe.sha7(template.commit()),
                        template.facts().tables(),
                        template.facts().rows(),
                        template.took().toMillis() / 1000.0));
    }

    private void say(String line) {
        invocation.terminal().say(invocation.terminal().paint(Paint.DIM, line));
    }

    private static CommandFailure ofRegistry(ClientException e) {
        String advice =
                switch (e.kind()) {
                    case UNAUTHORIZED -> "docker login to that registry, then call it again";
                    case NOT_FOUND -> "have it made anew: ./fleet template prepare NAME";
                    case UNAVAILABLE, BROKEN -> "does the registry answer from here? then call it again";
                    case REFUSED -> "";
                };
        return new CommandFailure(String.valueOf(e.getMessage()), advice, e);
    }

    private static CommandFailure notWritten(Path target, IOException e) {
        // of some failures Java tells the path only
        boolean bare = e instanceof FileSystemException file && file.getReason() == null;
        return new CommandFailure(
                "the database could not be written: " + (bare ? e.getClass().getSimpleName() + ", " : "")
                        + e.getMessage(),
                "whatever was at " + target + " is still there, and nothing half-made beside it; make room or name"
                        + " another place (--to FILE, FLEET_TEMPLATE_CACHE), then call it again",
                e);
    }

    private static String word(TrustClass trust) {
        return trust.name().toLowerCase(Locale.ROOT);
    }
}
