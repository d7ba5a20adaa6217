package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A site whose workers make template databases, and repositories whose migrations are files of SQL. */
final class TemplateSite {

    /** Nobody asks these workers for files. */
    private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

    /** Says so in its log, which is how applications are counted. */
    static final String MIGRATE =
            "for f in migrations/*.sql; do sqlite3 $TEMPLATE_PATH < $f || exit 1; done; echo the migrations ran";

    final Site site;
    final String image;
    private final Path folder;

    TemplateSite(Path folder, String rule) throws Exception {
        this.folder = folder;
        Optional<Path> root = ProgramRoot.make(Files.createDirectory(folder.resolve("root")), List.of("sqlite3"));
        assumeTrue(root.isPresent(), "no busybox, or no sqlite3: apt-get install busybox-static sqlite3");
        Site.Choice builders = Site.Setup.on(Site.ENGINE, null).builders();
        String top = "templates: {slots: 3, timeout: 20s, memory: 256m, cpus: 1}";
        site = new Site(folder, new Site.Setup(rule, builders, null, "", "", "", "", Map.of(), top));
        String digest = new SmallImages(site.registry.address(), "base/sqlite").push(folder, "linux/amd64", root.get());
        image = site.registry.address() + "/base/sqlite@" + digest;
    }

    /** Another worker of the same fleet, with a disk of its own. */
    BuildService another(String name) throws Exception {
        Map<String, String> own = new HashMap<>(site.variables);
        own.put("FLEET_DATA_DIRECTORY", folder.resolve(name).toString());
        return BuildService.start(FleetConfig.parse(site.yaml, own), site.kafka, new SimpleMeterRegistry(), NOWHERE);
    }

    /** Whether anybody was told of a run. */
    boolean isKnown(RunId run) throws Exception {
        site.states.catchUp(Duration.ofSeconds(10));
        return site.states.get(run) != null;
    }

    /** A repository that declares one template, made of its migrations. */
    Clone repository(String name, String command) throws Exception {
        return declaring(site.repository(name), command)
                .write("migrations/1.sql", "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2);\n")
                .write("migrations/2.sql", "CREATE TABLE b (y);\n");
    }

    Clone declaring(Clone clone, String command) throws Exception {
        return clone.write(".forgefleet.yml", """
                templateDatabases:
                  - {name: main, engine: sqlite, key: ["migrations/*.sql"], image: "%s",
                     command: '%s'}
                """.formatted(image, command.replace("'", "''")));
    }

    static RunId run(ForgeEvent event) {
        return RunId.derive(event.id().value(), "template", "template-db", "");
    }

    /** Publishes the event and waits for the end of its run. */
    RunState provide(ForgeEvent event) throws InterruptedException {
        site.publish(event);
        return site.ended(run(event));
    }

    RunState pushed(Clone clone, String repository, String branch) throws Exception {
        return provide(Site.pushed(repository, branch, clone.push(branch)));
    }

    RunState replay(ForgeEvent event, String target) throws Exception {
        return site.replay(WorkerKind.TEMPLATE, event, target, false);
    }

    static RunState succeeded(RunState state) {
        assertThat(Site.outcome(state).reason())
                .as(Site.outcome(state).message())
                .isEqualTo(Reason.SUCCEEDED);
        return state;
    }

    /** How often commands of these runs have ended, as they say themselves. */
    long applications(List<RunId> runs) throws Exception {
        long count = 0;
        for (RunId run : runs) {
            count += site.log(run).lines().filter("the migrations ran"::equals).count();
        }
        return count;
    }

    TemplateStore store(String repository) {
        return new TemplateStore(
                new Registry(site.registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10)),
                "team/" + repository + "/template-db/main",
                folder.resolve("scratch"));
    }

    /** All that lies there under the keys of templates and failures. */
    List<String> tags(String repository) throws ClientException, InterruptedException {
        return site.client.tags("team/" + repository + "/template-db/main", 100);
    }

    /** Pulls what a run told of, and reads it. */
    List<String> tables(String repository, RunState run) throws Exception {
        TemplateStore store = store(repository);
        StoredTemplate template = store.get(run.images().getFirst().digest());
        Path file = folder.resolve("pulled-" + run.run() + ".db");
        store.pull(template, file);
        List<String> tables = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet names = statement.executeQuery("SELECT name FROM sqlite_schema ORDER BY name")) {
            while (names.next()) {
                tables.add(names.getString(1));
            }
        }
        return tables;
    }

    void close() throws Exception {
        site.close();
    }
}
