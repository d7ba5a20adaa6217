package io.forgefleet.work.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;

/**
 * Makes one whole file of a SQLite database that a command left. What its write-ahead log has is brought into the file, and nothing
 * stays beside it; its journal mode stays what it was. Nothing that the database defines is run: no view, trigger or virtual table.
 */
public final class SqliteFile {

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_NAMED = 5;
    private static final int MOST_PROBLEMS = 10;

    private SqliteFile() {}

    /**
     * Seals it.
     *
     * @param folder where the files lie that were left
     * @param name of the database's file
     * @param left names of all that was left
     * @throws TemplateException when that is no database that can be given to others
     */
    public static DatabaseFacts seal(Path folder, String name, List<String> left)
            throws TemplateException, IOException {
        Path file = folder.resolve(name);
        requireOne(file, name, left);
        Path log = folder.resolve(name + "-wal");
        Path shared = folder.resolve(name + "-shm");
        Path journal = folder.resolve(name + "-journal");
        requireDatabase(file);
        requireCommitted(journal, name);
        Files.deleteIfExists(journal);
        DatabaseFacts facts = check(file, name);
        if (Files.exists(log) && Files.size(log) > 0) {
            throw new TemplateException("the write-ahead log of " + name + " could not be brought into it");
        }
        Files.deleteIfExists(log);
        Files.deleteIfExists(shared);
        return facts;
    }

    private static void requireOne(Path file, String name, List<String> left) throws TemplateException {
        Set<String> its = Set.of(name, name + "-wal", name + "-shm", name + "-journal");
        List<String> others =
                left.stream().filter(each -> !its.contains(each)).sorted().toList();
        if (!left.contains(name)) {
            throw new TemplateException(
                    others.isEmpty()
                            ? "the command left no file: it has to write the database to $TEMPLATE_PATH"
                            : "the command left " + named(others) + " and no " + name
                                    + ": it has to write the database to $TEMPLATE_PATH");
        }
        if (!others.isEmpty()) {
            throw new TemplateException("the command left " + named(others) + " beside " + name
                    + ": one file was expected; write others elsewhere, for example to /tmp");
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new TemplateException("the command left something at $TEMPLATE_PATH that is no file");
        }
    }

    private static String named(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())))
                + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "");
    }

    private static void requireDatabase(Path file) throws TemplateException, IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(MAGIC.length);
        }
        if (head.length == 0) {
            throw new TemplateException("the command left an empty file at $TEMPLATE_PATH");
        }
        if (!Arrays.equals(head, MAGIC)) {
            throw new TemplateException("the command left a file at $TEMPLATE_PATH that is no SQLite database");
        }
    }

    /** A journal whose head is not wiped holds what was there before a transaction that never ended. */
    private static void requireCommitted(Path journal, String name) throws TemplateException, IOException {
        if (!Files.exists(journal)) {
            return;
        }
        try (InputStream in = Files.newInputStream(journal)) {
            if (in.read() > 0) {
                throw new TemplateException("the command left a transaction open in " + name
                        + ": commit it, and close the connection, before the command ends");
            }
        }
    }

    private static DatabaseFacts check(Path file, String name) throws TemplateException {
        Properties settings = new Properties();
        settings.setProperty("enable_load_extension", "false");
        settings.setProperty("busy_timeout", "1000");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), settings);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA trusted_schema = OFF");
            statement.execute("PRAGMA cell_size_check = ON");
            List<String> problems = texts(statement, "PRAGMA integrity_check(" + MOST_PROBLEMS + ")");
            if (!problems.equals(List.of("ok"))) {
                throw new TemplateException(name + " fails its integrity check: " + String.join("; ", problems));
            }
            DatabaseFacts facts = facts(statement);
            try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                if (result.next() && result.getInt(1) != 0) {
                    throw new TemplateException("the write-ahead log of " + name + " could not be brought into it");
                }
            }
            return facts;
        } catch (SQLException e) {
            throw new TemplateException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static DatabaseFacts facts(Statement statement) throws SQLException {
        List<String> tables = texts(
                statement,
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                        + " AND sql NOT LIKE 'create virtual%' ORDER BY name");
        long rows = 0;
        for (String table : tables) {
            try (ResultSet count =
                    statement.executeQuery("SELECT count(*) FROM \"" + table.replace("\"", "\"\"") + "\"")) {
                rows += count.getLong(1);
            }
        }
        return new DatabaseFacts(tables.size(), rows);
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                texts.add(result.getString(1));
            }
        }
        return texts;
    }
}
