package io.forgefleet.work.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands leave, made by the real SQLite. */
class SqliteFileTest {

    @TempDir
    Path made;

    @TempDir
    Path left;

    private Path file;

    @BeforeEach
    void name() {
        file = made.resolve("main.db");
    }

    @Test
    void countsTablesAndRows() throws Exception {
        run("CREATE TABLE a (x)", "CREATE TABLE \"b\"\"c\" (y)", "INSERT INTO a VALUES (1), (2)");
        run("CREATE INDEX i ON a (x)", "CREATE VIEW v AS SELECT * FROM a", "CREATE VIRTUAL TABLE f USING fts5(t)");
        DatabaseFacts facts = seal();
        assertThat(facts.tables())
                .as("those that fts5 keeps for itself included")
                .isGreaterThanOrEqualTo(2);
        assertThat(facts.rows()).isGreaterThanOrEqualTo(2);
    }

    /** The command's last connection was not closed: a part of the database lies beside its file. */
    @Test
    void whatTheWriteAheadLogHasComesIntoTheFile() throws Exception {
        try (Connection open = connect();
                Statement statement = open.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE a (x)");
            statement.execute("INSERT INTO a VALUES (1), (2), (3)");
            copyAll();
        }
        assertThat(names()).contains("main.db-wal");
        assertThat(Files.size(left.resolve("main.db-wal"))).isPositive();
        assertThat(SqliteFile.seal(left, "main.db", names())).isEqualTo(new DatabaseFacts(1, 3));
        assertThat(names()).containsExactly("main.db");
        try (Connection sealed = DriverManager.getConnection("jdbc:sqlite:" + left.resolve("main.db"));
                Statement statement = sealed.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM a")) {
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
            try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
                assertThat(mode.getString(1)).as("stays as it was").isEqualTo("wal");
            }
        }
    }

    @Test
    void anOpenTransactionIsRefused() throws Exception {
        run("CREATE TABLE a (x)");
        try (Connection open = connect();
                Statement statement = open.createStatement()) {
            statement.execute("PRAGMA cache_size = 1");
            statement.execute("BEGIN");
            for (int i = 0; i < 100; i++) {
                statement.execute("INSERT INTO a VALUES (randomblob(2000))");
            }
            copyAll();
        }
        assertThat(names()).contains("main.db-journal");
        assertThatThrownBy(() -> SqliteFile.seal(left, "main.db", names()))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("the command left a transaction open in main.db: commit it");
    }

    /** As {@code journal_mode = PERSIST} leaves one behind after each commit. */
    @Test
    void aJournalThatIsDoneWithIsTakenAway() throws Exception {
        run("PRAGMA journal_mode = PERSIST", "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)");
        copyAll();
        assertThat(names()).contains("main.db-journal");
        assertThat(SqliteFile.seal(left, "main.db", names())).isEqualTo(new DatabaseFacts(1, 1));
        assertThat(names()).containsExactly("main.db");
    }

    @Test
    void noFileIsRefused() {
        assertRefused("left no file", List.of());
        assertRefused("left other.db and no main.db: it has to write", List.of("other.db"));
    }

    @Test
    void twoFilesAreRefused() throws Exception {
        run("CREATE TABLE a (x)");
        copyAll();
        assertRefused(
                "left a.log, folder, folder/x beside main.db: one file",
                List.of("main.db", "folder", "folder/x", "a.log"));
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        Files.createSymbolicLink(left.resolve("main.db"), Path.of("/etc/passwd"));
        assertRefused("that is no file", List.of("main.db"));
    }

    @Test
    void anEmptyFileIsRefused() throws Exception {
        Files.createFile(left.resolve("main.db"));
        assertRefused("left an empty file", List.of("main.db"));
    }

    @Test
    void whatIsNoDatabaseIsRefused() throws Exception {
        Files.writeString(left.resolve("main.db"), "-- a dump in SQL, to be read by somebody");
        assertRefused("is no SQLite database", List.of("main.db"));
        Files.write(left.resolve("main.db"), "SQLite format 3\0and no more".getBytes(StandardCharsets.US_ASCII));
        assertRefused("main.db cannot be read", List.of("main.db"));
    }

    @Test
    void aDamagedDatabaseIsRefused() throws Exception {
        run("CREATE TABLE a (x)", "CREATE INDEX i ON a (x)");
        run(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO a SELECT i FROM n");
        copyAll();
        Path damaged = left.resolve("main.db");
        byte[] bytes = Files.readAllBytes(damaged);
        for (int at = bytes.length - 6000; at < bytes.length - 3000; at++) {
            bytes[at] = 7;
        }
        Files.write(damaged, bytes);
        assertRefused("main.db", List.of("main.db"));
        assertThatThrownBy(() -> SqliteFile.seal(left, "main.db", List.of("main.db")))
                .hasMessageMatching("(?s)main.db (fails its integrity check|cannot be read): .+");
    }

    @Test
    void nothingThatTheDatabaseDefinesIsRun() throws Exception {
        run(
                "CREATE TABLE a (x)",
                "CREATE VIEW v AS SELECT load_extension('/tmp/evil.so')",
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT load_extension('/tmp/evil.so'); END");
        assertThat(seal()).isEqualTo(new DatabaseFacts(1, 0));
    }

    private void assertRefused(String message, List<String> names) {
        assertThatThrownBy(() -> SqliteFile.seal(left, "main.db", names))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message);
    }

    private DatabaseFacts seal() throws Exception {
        copyAll();
        return SqliteFile.seal(left, "main.db", names());
    }

    private void run(String... statements) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private Connection connect() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private void copyAll() throws Exception {
        try (Stream<Path> files = Files.list(made)) {
            for (Path each : files.toList()) {
                Files.copy(each, left.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(left)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
