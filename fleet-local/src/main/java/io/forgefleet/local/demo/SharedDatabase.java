package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.demo.site.DemoSite;
import io.forgefleet.local.template.TemplatePullCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** Migrations that run once, and whoever needs the database after that finds it: a branch, its pull request, a laptop. */
final class SharedDatabase {

    private static final String NAME = "archive";
    private static final String REPOSITORY = DemoSite.OWNER + "/" + NAME;
    private static final String BRANCH = "words";
    private static final String TEMPLATE = "main";
    private static final String MADE = NAME + ", 25 migrations";
    private static final int MIGRATIONS = 25;

    /** In one step, as most migration tools do it: a process, a connection, a transaction. */
    private static final String MIGRATE = "for f in migrations/*.sql; do sqlite3 $TEMPLATE_PATH < $f || exit 1; done";

    private final Stage stage;
    private final Account author;
    private final Map<String, String> environment;

    SharedDatabase(Stage stage, Account author, Map<String, String> environment) {
        this.stage = stage;
        this.author = author;
        this.environment = environment;
    }

    void tell(Path folder) throws CommandFailure, ClientException, IOException, InterruptedException {
        DemoSite site = stage.site();
        stage.narrator().chapter("In " + REPOSITORY + " " + MIGRATIONS + " migrations make the database of its tests");
        Optional<Path> root = ProgramRoot.make(Files.createDirectories(folder.resolve("root")), List.of("sqlite3"));
        if (root.isEmpty()) {
            String obstacle = "no sqlite3 here: apt-get install sqlite3";
            stage.narrator().fact("skipped", obstacle);
            stage.keep(new Scene(MADE, null, Duration.ZERO, 0, 0, "skipped: " + obstacle, site.pages()));
            return;
        }
        String image = site.registryAddress() + "/base/sqlite@"
                + new SmallImages(site.registryAddress(), "base/sqlite").push(folder, platform(), root.get());
        site.uses(image);
        LocalForge forge = site.forge();
        site.createRepository(DemoSite.OWNER, NAME, author);
        Path clone = folder.resolve("clone");
        Developer developer = Developer.cloning(forge.cloneUrl(REPOSITORY), clone, author);
        write(developer, clone, image);
        String first = developer.commit("An archive with a history");
        forge.addWebhook(REPOSITORY, site.webhook(), site.webhookSecret());
        developer.push("main");
        scene(MADE, "push", first, false);

        stage.narrator().chapter("A branch that changes something else, and its pull request, find it");
        developer.branch(BRANCH);
        developer.write("README", "Words about the archive\n");
        String second = developer.commit("Say what it is");
        developer.push(BRANCH);
        scene(NAME + ", another branch", "push", second, true);
        forge.openPullRequest(REPOSITORY, author, "Say what it is", BRANCH, "main");
        scene(NAME + " #1", "pull_request", second, true);

        stage.narrator().chapter("On her own machine Ann pulls it, and once more without any network");
        pull(NAME + ", fleet template pull", clone, site.pages().toString(), "from " + site.registryAddress());
        pull(NAME + ", the same offline", clone, "http://127.0.0.1:1", "cache");
    }

    private static void write(Developer developer, Path clone, String image) throws IOException {
        Files.createDirectories(clone.resolve("migrations"));
        for (int i = 1; i <= MIGRATIONS; i++) {
            developer.write(
                    "migrations/%02d.sql".formatted(i),
                    "CREATE TABLE volume_%02d (page INTEGER PRIMARY KEY, words TEXT);\n".formatted(i)
                            + "INSERT INTO volume_%02d VALUES (1, 'Of the weather');\n".formatted(i));
        }
        developer.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
        developer.write(".forgefleet.yml", """
                templateDatabases:
                  - {name: %s, engine: sqlite, key: ["migrations/*.sql"], image: "%s",
                     command: "%s"}
                """.formatted(TEMPLATE, image, MIGRATE));
    }

    private void scene(String what, String hook, String commit, boolean hit)
            throws CommandFailure, InterruptedException {
        Stage.Ended ended = stage.follow(stage.event(hook, commit), "template-db", Stage.NOBODY);
        String message = Proof.ended(ended.run(), Outcome.Reason.SUCCEEDED);
        PushedImage template = ended.run().images().getFirst();
        if (template.reused() != hit) {
            throw new CommandFailure("the database was " + (hit ? "made once more" : "there already"), "");
        }
        stage.narrator().fact(hit ? "found" : "made", message);
        CommitStatus status = stage.status(REPOSITORY, commit, ended, CommitStatus.State.SUCCESS);
        stage.keep(new Scene(
                what,
                null,
                ended.took(),
                0,
                0,
                status.state().word(),
                stage.site().page(ended.run().run().value())));
    }

    private void pull(String what, Path clone, String server, String from) throws CommandFailure {
        var told = new ByteArrayOutputStream();
        var lines = new PrintStream(told, true, StandardCharsets.UTF_8);
        var own = new HashMap<>(environment);
        own.put("FLEET_TEMPLATE_CACHE", clone.resolveSibling("cache").toString());
        long began = System.nanoTime();
        int exit = new CommandLine(
                        new TemplatePullCommand(new Invocation(new Terminal(lines, lines, false, false), own)))
                .execute(TEMPLATE, "-C", clone.toString(), "--server", server);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        String said = told.toString(StandardCharsets.UTF_8).strip();
        if (exit != 0 || !said.contains(from)) {
            throw new CommandFailure("the database was not pulled: " + said, "");
        }
        said.lines().forEach(line -> stage.narrator().fact("pull", line));
        stage.keep(new Scene(what, null, took, 0, 0, "success", stage.site().pages()));
    }

    /** As images name this machine's. */
    static String platform() {
        return "linux/" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    }
}
