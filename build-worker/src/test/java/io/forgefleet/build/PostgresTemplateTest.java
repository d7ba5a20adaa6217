package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases of PostgreSQL, made by a real server of this machine's in a container beside the command's. */
class PostgresTemplateTest {

    private static final String MIGRATE =
            "for f in migrations/*.sql; do psql -q -v ON_ERROR_STOP=1 -f $f || exit 1; done; echo the migrations ran";

    @TempDir
    static Path folder;

    private static Site site;
    private static String image;
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Site.engineAnswers(), "no Docker engine answers at " + Site.ENGINE);
        Optional<Path> root = PostgresRoot.make(Files.createDirectory(folder.resolve("root")));
        assumeTrue(
                root.isPresent(),
                "no PostgreSQL " + PostgresRoot.VERSION + ": apt-get install postgresql-15 busybox-static");
        server = containersServer();
        Site.Choice engine = Site.Setup.on(Site.ENGINE, null).builders();
        // the templates' section follows that of the builders, since it too names the registry
        Site.Choice withImages = registry -> {
            image = registry + "/base/postgres@"
                    + new SmallImages(registry, "base/postgres").push(folder, "linux/amd64", root.get());
            return engine.builders(registry)
                    + """
                    templates:
                      slots: 2
                      timeout: 40s
                      memory: 512m
                      cpus: 1
                      postgres:
                        images: {"15": "%s", "16": "%s"}
                        servers:
                          - {name: shared, url: "postgresql://127.0.0.1:%d", advertised: "postgresql://%s:%d", user: postgres}
                    """.formatted(image, image, server.getPort(), bridge(), server.getPort());
        };
        site = new Site(folder, new Site.Setup("", withImages, null, "", "", "", "", Map.of(), ""));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (server != null) {
            server.close();
        }
    }

    /** A server that commands in containers reach, by the address that the engine's bridge has on this machine. */
    private static EmbeddedPostgres containersServer() throws Exception {
        Path data = folder.resolve("server");
        EmbeddedPostgres started = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setServerConfig("listen_addresses", "127.0.0.1," + bridge())
                .start();
        Files.writeString(
                data.resolve("pg_hba.conf"), "host all all samenet scram-sha-256\n", StandardOpenOption.APPEND);
        sql(started, "SELECT pg_reload_conf()");
        return started;
    }

    private static String bridge() throws Exception {
        Command.Result asked = new Command(
                        List.of(
                                "docker",
                                "--host",
                                Site.ENGINE.toString(),
                                "network",
                                "inspect",
                                "bridge",
                                "--format",
                                "{{(index .IPAM.Config 0).Gateway}}"),
                        Map.copyOf(System.getenv()),
                        null,
                        "",
                        Duration.ofSeconds(10))
                .run(1 << 16);
        assertThat(asked.exit()).as(asked.errors()).isZero();
        return asked.text().strip();
    }

    private static List<String> sql(EmbeddedPostgres on, String query) throws Exception {
        List<String> answers = new ArrayList<>();
        try (Connection connection = on.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
        }
        return answers;
    }

    private static Clone repository(String name, String command, String more) throws Exception {
        return site.repository(name)
                .write("migrations/1.sql", "CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2);\n")
                .write("migrations/2.sql", "CREATE TABLE b (y int); CREATE VIEW v AS SELECT 1 / 0 AS bad;\n")
                .write(".forgefleet.yml", """
                        templateDatabases:
                          - {name: main, engine: postgresql, key: ["migrations/*.sql"], image: "%s", %s,
                             command: '%s'}
                        """.formatted(image, more, command.replace("'", "''")));
    }

    private static RunState pushed(Clone clone, String repository, String branch) throws Exception {
        PushEvent event = Site.pushed(repository, branch, clone.push(branch));
        site.publish(event);
        return site.ended(TemplateSite.run(event));
    }

    @Test
    void migrationsRunOnceAndTheirDumpIsWhole() throws Exception {
        Clone clone = repository("pg-once", "echo $DATABASE_URL; " + MIGRATE, "version: 15, extensions: [pg_trgm]");
        RunState first = TemplateSite.succeeded(pushed(clone, "pg-once", "one"));
        assertThat(Site.outcome(first).message()).matches("main built in [0-9.]+ s \\(2 tables, 2 rows\\)");
        assertThat(site.log(first.run())).contains("postgresql://template:template@127.0.0.1:5432/template");
        clone.write("README", "other words");
        RunState second = TemplateSite.succeeded(pushed(clone, "pg-once", "two"));
        assertThat(second.images().getFirst().reused()).isTrue();

        TemplateStore store = new TemplateStore(
                new Registry(site.registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10)),
                "team/pg-once/template-db/main",
                folder.resolve("scratch"));
        StoredTemplate template = store.get(first.images().getFirst().digest());
        Path dump = folder.resolve("main.dump");
        store.pull(template, dump);
        assertThat(listed(dump))
                .contains("TABLE public a", "TABLE DATA public b", "VIEW public v", "EXTENSION - pg_trgm");
        assertThat(template.facts().tables()).isEqualTo(2);
    }

    @Test
    void aCommandFillsADatabaseOfAConfiguredServerAndLeavesNothingThere() throws Exception {
        String version = sql(server, "SHOW server_version").getFirst();
        Clone clone = repository(
                "pg-server", "echo $DATABASE_URL; " + MIGRATE, "version: \"" + version + "\", network: true");
        RunState run = TemplateSite.succeeded(pushed(clone, "pg-server", "main"));
        assertThat(Site.outcome(run).message()).matches("main built in [0-9.]+ s \\(2 tables, 2 rows\\)");
        assertThat(site.log(run.run()))
                .as("its password is told to nobody")
                .containsPattern("postgresql://ff_[a-z0-9_]+:•••@" + bridge());
        assertThat(sql(server, "SELECT datname FROM pg_database WHERE datname LIKE 'ff%'"))
                .isEmpty();
        assertThat(sql(server, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ff%'"))
                .isEmpty();

        Clone alone = repository("pg-alone", MIGRATE, "version: \"" + version + "\"");
        RunState refused = pushed(alone, "pg-alone", "main");
        assertThat(Site.outcome(refused).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(refused).message()).contains("declare network: true");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '§', textBlock = """
            exits § version: 15 § psql -qc "CREATE TABLE a (x int)"; exit 3 § main: the command failed with exit code 3
            nothing § version: 15 § echo hello § main: the command left no table in the database
            open § version: 15 § psql -qc "CREATE TABLE a (x int)"; (echo "BEGIN; INSERT INTO a VALUES (1);"; sleep 20) | psql -q & sleep 3; for p in /proc/[0-9]*; do if busybox grep -q psql $p/comm; then kill -9 ${p#/proc/}; fi; done; sleep 1 § main: the command left a transaction open
            extension § "version: 15, extensions: [nowhere]" § echo hello § main: ERROR
            absent § version: 14 § echo hello § main: this fleet has no PostgreSQL 14, but
            other § version: 16 § psql -qc "CREATE TABLE a (x int)" § the image that templates.postgres.images has for PostgreSQL 16 is of version 15.
            outside § version: 15 § busybox wget -T 2 -O - http://1.1.1.1/ && psql -qc "CREATE TABLE a (x int)" § main: the command failed with exit code 1
            """, quoteCharacter = '`')
    void whatIsWrongIsToldAndNothingIsServed(String name, String more, String command, String message)
            throws Exception {
        String repository = "pg-bad-" + name;
        Clone clone = repository(repository, command, more.replace("\"", ""));
        RunState failed = pushed(clone, repository, "main");
        assertThat(Site.outcome(failed).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(failed).message()).startsWith(message);
        assertThat(failed.images()).isEmpty();
    }

    private static String listed(Path dump) throws Exception {
        Command.Result result = new Command(
                        List.of("/usr/lib/postgresql/15/bin/pg_restore", "--list", dump.toString()),
                        Map.of(),
                        null,
                        "",
                        Duration.ofSeconds(10))
                .run(1 << 20);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.text();
    }
}
