package io.forgefleet.work.template.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clones on a real server, of real dumps in a real registry. */
class CloneServiceTest {

    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;
    private static LocalRegistry registry;
    private static PostgresTools tools;
    private static TemplateStore store;
    private static int keys;

    private CloneService service;
    private TemplateKey key;
    private StoredTemplate template;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                PostgresTools.NAMES.stream()
                        .allMatch(name -> Program.onPath(name).isPresent()),
                "no pg_dump, pg_restore: apt-get install postgresql-client");
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        postgres = EmbeddedPostgres.builder().start();
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        tools = new PostgresTools(
                new ToolPaths(Map.of(), System.getenv("PATH"), folder.resolve("tools")), Duration.ofMinutes(1));
        store = new TemplateStore(
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10)),
                "team/app/template-db/main",
                folder.resolve("scratch"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (registry != null) {
            registry.close();
            postgres.close();
        }
    }

    @BeforeEach
    void template() throws Exception {
        key = new TemplateKey(
                Engine.POSTGRESQL,
                "15",
                new TreeMap<>(Map.of("1.sql", "id" + keys++)),
                "migrate",
                new Digest("sha256:" + "a".repeat(64)),
                List.of("pg_trgm"),
                new TreeMap<>(),
                false,
                TrustClass.BRANCH);
        template = pushed(2);
        service = new CloneService(config(""), tools, folder.resolve("scratch"), NEVER);
    }

    @AfterEach
    void close() throws Exception {
        if (service != null) {
            service.close();
        }
    }

    private static PostgresConfig config(String more) throws Exception {
        return FleetConfig.parse("""
                        templates:
                          postgres:
                            servers:
                              - {name: here, url: "postgresql://127.0.0.1:%d/postgres", user: postgres}
                            %s
                        """.formatted(postgres.getPort(), more), Map.of())
                .templates()
                .postgres();
    }

    /** What a command would have left, dumped as a preparation on a configured server does. */
    private StoredTemplate pushed(long rows) throws Exception {
        Path dump = folder.resolve("made-" + keys + ".dump");
        try (PostgresServer server = new PostgresServer(config("").servers().getFirst());
                ScratchDatabase scratch = ScratchDatabase.make(server, tools, key.hash(), List.of())) {
            try (Connection connection = connect(
                            scratch.name(), scratch.name(), scratch.password().value());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE EXTENSION pg_trgm; CREATE TABLE a (x int PRIMARY KEY);"
                        + " INSERT INTO a VALUES (1), (2); CREATE VIEW v AS SELECT 1 / 0 AS bad");
            }
            DatabaseFacts facts = scratch.dump(dump);
            assertThat(facts).isEqualTo(new DatabaseFacts(1, 2));
        }
        assertThat(databases("ff\\_w%")).isEmpty();
        return store.push(
                key,
                new FinishedDatabase(dump, new DatabaseFacts(1, rows), Duration.ofSeconds(3)),
                RunId.derive("event", "template", "template-db", "main"),
                new CommitId("c".repeat(40)),
                () -> {});
    }

    @Test
    void aCloneIsSomebodysOwnAndReachesNothingElse() throws Exception {
        Clone one = service.take(key, template, store);
        Clone other = service.take(key, template, store);
        try (Connection connection = connect(one);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO a VALUES (3); ALTER TABLE a ADD COLUMN y int; CREATE TABLE b (z int)");
            assertThat(number(statement, "SELECT count(*) FROM a")).isEqualTo(3);
            assertThatThrownBy(() -> statement.execute("DROP DATABASE " + templateDatabase()))
                    .hasMessageContaining("must be owner");
        }
        try (Connection connection = connect(other);
                Statement statement = connection.createStatement()) {
            assertThat(number(statement, "SELECT count(*) FROM a")).isEqualTo(2);
        }
        assertThatThrownBy(
                        () -> connect(other.name(), one.name(), one.password().value()))
                .hasMessageContaining("permission denied for database");
        assertThatThrownBy(() -> connect(templateDatabase(), "postgres", ""))
                .hasMessageContaining("not currently accepting connections");
        assertThat(service.drop(template.key(), one.id())).isTrue();
        assertThat(service.drop(template.key(), one.id())).isFalse();
        assertThat(service.drop(template.key(), "../x")).isFalse();
        assertThatThrownBy(() -> connect(one)).isInstanceOf(SQLException.class);
        assertThat(one.toString()).doesNotContain(one.password().value());
    }

    @Test
    void fiftyCallersRestoreATemplateOnce() throws Exception {
        Set<String> names = new HashSet<>();
        try (CloneService second = new CloneService(config(""), tools, folder.resolve("scratch"), NEVER);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Clone>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                CloneService asked = i % 2 == 0 ? service : second;
                calls.add(() -> asked.take(key, template, store));
            }
            for (Future<Clone> call : callers.invokeAll(calls)) {
                names.add(call.get().name());
            }
            assertThat(names).hasSize(50);
            assertThat(databases("ff\\_t\\_" + DatabaseName.digits(template.key()) + "%"))
                    .as("made once")
                    .hasSize(1);
        } finally {
            for (String name : names) {
                assertThat(service.drop(
                                template.key(),
                                DatabaseName.parse(name).orElseThrow().id()))
                        .isTrue();
            }
        }
    }

    @Test
    void aConnectionHeldOpenOnATemplateDoesNotKeepItFromBeingCloned() throws Exception {
        service.drop(template.key(), service.take(key, template, store).id());
        await().until(() -> service.takeReady(template.key()).isPresent());
        String database = templateDatabase();
        sql("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
        try (Connection held = connect(database, "postgres", "");
                Statement statement = held.createStatement()) {
            held.setAutoCommit(false);
            statement.execute("SELECT 1");
            sql("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
            try (CloneService fresh = new CloneService(config(""), tools, folder.resolve("scratch"), NEVER)) {
                Clone clone = fresh.take(key, template, store);
                assertThat(clone.name()).startsWith("ff_c_");
                assertThat(fresh.drop(template.key(), clone.id())).isTrue();
            }
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
        assertThat(templateDatabase()).isEqualTo(database);
    }

    @Test
    void aDumpThatDoesNotHoldWhatWasCountedIsNeverServed() throws Exception {
        key = new TemplateKey(
                key.engine(),
                key.version(),
                key.files(),
                "other",
                key.image(),
                key.extensions(),
                key.environment(),
                false,
                TrustClass.BRANCH);
        StoredTemplate wrong = pushed(7);
        assertThatThrownBy(() -> service.take(key, wrong, store))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("2 rows");
        assertThat(databases("ff\\_t\\_" + DatabaseName.digits(wrong.key()) + "%"))
                .isEmpty();
    }

    @Test
    void whatAKilledProcessLeftIsSweptAndNothingElse() throws Exception {
        String digits = DatabaseName.digits(template.key());
        Clone kept = service.take(key, template, store);
        String old = "ff_c_" + digits + "_00000001_00000007_00000001";
        String young = "ff_c_" + digits + "_7fffffff_00000007_00000002";
        String work = "ff_w_" + digits + "_7fffffff_00000007_00000003";
        String half = "ff_t_" + digits.replace(digits.charAt(0), 'f') + "_00000001_00000007_00000004";
        for (String name : List.of(old, young, work, half, "ff_somebodys")) {
            sql("CREATE DATABASE " + name);
            sql("CREATE ROLE " + name);
        }
        String alive = "ff_c_" + digits + "_00000001_00000008_00000005";
        sql("CREATE DATABASE " + alive);
        try (PostgresServer server = new PostgresServer(config("").servers().getFirst())) {
            Session living = new Session(connect("postgres", "postgres", ""));
            living.lockEpoch(8);
            try (Connection client = connect(old, "postgres", "")) {
                service.sweep();
                assertThat(client.isValid(1)).isFalse();
            }
            assertThat(databases("ff\\_%"))
                    .contains(young, alive, "ff_somebodys", kept.name(), templateDatabase())
                    .doesNotContain(old, work, half);
            living.close();
            await().untilAsserted(() -> {
                service.sweep();
                assertThat(databases("ff\\_%")).doesNotContain(alive);
            });
            assertThat(server.version()).startsWith("15.");
        }
        sql("DROP DATABASE ff_somebodys");
        sql("DROP DATABASE " + young);
        assertThat(service.drop(template.key(), kept.id())).isTrue();
    }

    @Test
    void clonesAreReadyBeforeTheyAreAskedForOnceSomebodyHas() throws Exception {
        List<Clone> taken = new ArrayList<>();
        assertThat(service.takeReady(template.key())).isEmpty();
        taken.add(service.take(key, template, store));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            service.takeReady(template.key()).ifPresent(taken::add);
            return taken.size() >= 4;
        });
        assertThat(taken).extracting(Clone::name).doesNotHaveDuplicates();
        service.close();
        service = null;
        assertThat(databases("ff\\_c\\_" + DatabaseName.digits(template.key()) + "%"))
                .as("what was ready is gone with its process")
                .hasSize(taken.size());
        for (Clone clone : taken) {
            sql("DROP DATABASE " + clone.name());
        }
    }

    @Test
    void anotherVersionAndAServerThatIsNotThereAreTold() throws Exception {
        TemplateKey newer = new TemplateKey(
                key.engine(),
                "17",
                key.files(),
                key.command(),
                key.image(),
                List.of(),
                key.environment(),
                false,
                TrustClass.BRANCH);
        assertThatThrownBy(() -> service.take(newer, template, store))
                .hasMessageContaining("no server of PostgreSQL 17")
                .hasMessageContaining("here is 15.");
        PostgresConfig nobody = FleetConfig.parse(
                        "templates: {postgres: {servers: [{name: gone, url: \"postgresql://127.0.0.1:1\", user: x}]}}",
                        Map.of())
                .templates()
                .postgres();
        try (CloneService away = new CloneService(nobody, tools, folder.resolve("scratch"), NEVER)) {
            assertThatThrownBy(() -> away.take(key, template, store))
                    .hasMessageContaining("gone at 127.0.0.1:1")
                    .hasMessageContaining("is it up");
        }
        try (PostgresServer server = new PostgresServer(new PostgresConfig.Server(
                "here",
                "16",
                config("").servers().getFirst().address(),
                config("").servers().getFirst().address(),
                "postgres",
                null,
                List.of()))) {
            assertThatThrownBy(server::version)
                    .hasMessageContaining("is of version 15.")
                    .hasMessageContaining("says 16");
        }
    }

    @Test
    void thereAreNoMoreClonesThanAllowed() throws Exception {
        int there = roles().size();
        PostgresConfig oneMore = config("spareClones: 0\n    clones: " + (there + 1));
        try (CloneService narrow = new CloneService(oneMore, tools, folder.resolve("scratch"), NEVER)) {
            Clone one = narrow.take(key, template, store);
            assertThatThrownBy(() -> narrow.take(key, template, store)).hasMessageContaining("give some back");
            assertThat(narrow.drop(template.key(), one.id())).isTrue();
        }
        assertThat(roles()).as("nor what was refused").hasSize(there);
    }

    @Test
    void manyWhoAskAtOnceGetNoMoreClonesThanAllowed() throws Exception {
        int there = roles().size();
        PostgresConfig twoMore = config("spareClones: 0\n    clones: " + (there + 2));
        List<Clone> given = new ArrayList<>();
        try (CloneService one = new CloneService(twoMore, tools, folder.resolve("scratch"), NEVER);
                CloneService other = new CloneService(twoMore, tools, folder.resolve("scratch"), NEVER);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 5; round++) {
                List<Callable<Optional<Clone>>> calls = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    CloneService asked = i % 2 == 0 ? one : other;
                    calls.add(() -> {
                        try {
                            return Optional.of(asked.take(key, template, store));
                        } catch (ClientException e) {
                            assertThat(e).hasMessageContaining("give some back");
                            return Optional.empty();
                        }
                    });
                }
                for (Future<Optional<Clone>> call : callers.invokeAll(calls)) {
                    call.get().ifPresent(given::add);
                }
                assertThat(given).hasSizeLessThanOrEqualTo(2);
                assertThat(roles()).hasSize(there + given.size());
                for (Clone clone : given) {
                    assertThat(one.drop(template.key(), clone.id())).isTrue();
                }
                given.clear();
            }
        }
    }

    /** Those of all clones, of any test before, too. */
    private static List<String> roles() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT rolname FROM pg_roles WHERE rolname LIKE 'ff\\_c\\_%'")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private String templateDatabase() throws SQLException {
        return databases("ff\\_t\\_" + DatabaseName.digits(template.key()) + "%")
                .getFirst();
    }

    private static Connection connect(Clone clone) throws SQLException {
        return connect(clone.name(), clone.name(), clone.password().value());
    }

    private static Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database, user, password);
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = connect("postgres", "postgres", "");
                Statement execution = connection.createStatement()) {
            execution.execute(statement);
        }
    }

    private static List<String> databases(String like) throws SQLException {
        try (Connection connection = connect("postgres", "postgres", "")) {
            return new Session(connection).texts("SELECT datname FROM pg_database WHERE datname LIKE ?", like);
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
