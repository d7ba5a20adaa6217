package io.forgefleet.local.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.cli.Shell;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases of PostgreSQL by the command line: as dumps for a server of one's own, as clones on the fleet's. */
class PostgresCommandsTest {

    @TempDir
    static Path folder;

    private static TemplateFleet fleet;
    private static EmbeddedPostgres postgres;
    private static Path repository;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        assumeTrue(Program.onPath("pg_restore").isPresent(), "no pg_restore: apt-get install postgresql-client");
        postgres = EmbeddedPostgres.builder().start();
        fleet = new TemplateFleet(folder, postgres.getPort());
        repository = fleet.clone("pg");
        TemplateFleet.write(repository, ".forgefleet.yml", """
                templateDatabases:
                  - {name: main, engine: postgresql, version: 15, key: ["migrations/*.sql"], image: "app/ci:1", command: migrate}
                """);
        TemplateFleet.commit(repository);
        fleet.made(repository, TemplateFleet.head(repository), TrustClass.PROTECTED, dump());
    }

    @AfterAll
    static void stop() throws Exception {
        if (fleet != null) {
            fleet.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private static byte[] dump() throws Exception {
        execute("CREATE DATABASE source");
        try (Connection connection = postgres.getDatabase("postgres", "source").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2), (3); CREATE TABLE b AS"
                    + " SELECT generate_series(1, 4)");
        }
        Path dump = folder.resolve("source.dump");
        tool("pg_dump", "-Fc", "-f", dump.toString(), "source");
        return Files.readAllBytes(dump);
    }

    private static void tool(String name, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(
                List.of(name, "-h", "127.0.0.1", "-p", Integer.toString(postgres.getPort()), "-U", "postgres"));
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, folder, Map.of(), Duration.ofSeconds(30), 1 << 16).run();
        assertThat(output.exitCode()).as(output.error()).isZero();
    }

    private static void execute(String statement) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    private static Shell template(String... arguments) {
        List<String> line = new ArrayList<>(List.of("template"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-C", repository.toString()));
        return Shell.fleet(
                Map.of(
                        "PATH", System.getenv("PATH"),
                        "HOME", folder.toString(),
                        "FLEET_SERVER", fleet.address.toString(),
                        "FLEET_TEMPLATE_CACHE", folder.resolve("cache").toString()),
                line.toArray(String[]::new));
    }

    @Test
    void aPulledDumpIsRestoredByPostgresqlsOwnTool() throws Exception {
        Shell pulled = template("pull", "main");
        assertThat(pulled.exit()).as(pulled.err()).isZero();
        Path dump = Path.of(pulled.out().strip());
        assertThat(dump).isEqualTo(repository.resolve("build/.template-migrated.dump"));
        execute("CREATE DATABASE restored");
        tool("pg_restore", "--exit-on-error", "-d", "restored", dump.toString());
        try (Connection connection =
                postgres.getDatabase("postgres", "restored").getConnection()) {
            assertThat(count(connection, "a")).isEqualTo(3);
            assertThat(count(connection, "b")).isEqualTo(4);
        }
        Files.delete(dump);
        assertThat(template("pull", "main").err()).contains("from this machine's cache");
        assertThat(dump).exists();
    }

    @Test
    void aCloneIsOnesOwnUntilItIsGivenBack() throws Exception {
        Shell first = template("clone", "main");
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out().lines()).as("nothing but the connection string").hasSize(1);
        assertThat(first.err()).contains("removed after").contains("--drop");
        Shell second = template("clone", "main");
        try (Connection one = connect(first.out());
                Connection other = connect(second.out());
                Statement statement = one.createStatement()) {
            statement.execute("INSERT INTO a VALUES (4)");
            assertThat(count(one, "a")).isEqualTo(4);
            assertThat(count(other, "a")).isEqualTo(3);
        }
        Shell dropped = template("clone", "--drop", first.out().strip());
        assertThat(dropped.exit()).as(dropped.err()).isZero();
        assertThatThrownBy(() -> connect(first.out())).isInstanceOf(SQLException.class);
        Shell again = template("clone", "--drop", first.out().strip());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err()).contains("there is no such clone").doesNotContain("\tat ");
        connect(second.out()).close();
    }

    private static Connection connect(String url) throws SQLException {
        URI uri = URI.create(url.strip());
        String[] login = uri.getUserInfo().split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(), login[0], login[1]);
    }

    private static int count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
