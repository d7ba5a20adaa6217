package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.StoredTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The template databases of one server, one per key. One is ready once PostgreSQL calls it a template that nobody can connect to; that
 * is one statement, on the connection that holds the key's lock, after all else was done and checked. Thread-safe; blocks.
 */
final class TemplateDatabases {

    private static final Logger LOG = LoggerFactory.getLogger(TemplateDatabases.class);
    private static final String READY = "datistemplate AND NOT datallowconn";

    /** Brings a template's dump into a file. */
    interface Source {
        void pull(Path into) throws IOException, ClientException, InterruptedException;
    }

    private final PostgresServer server;
    private final PostgresTools tools;
    private final Path scratch;

    TemplateDatabases(PostgresServer server, PostgresTools tools, Path scratch) {
        this.server = server;
        this.tools = tools;
        this.scratch = scratch;
    }

    /** The ready one of a key. */
    static Optional<String> find(Session session, String key) throws SQLException {
        return session
                .texts(
                        "SELECT datname FROM pg_database WHERE datname LIKE ? AND " + READY + " ORDER BY 1 LIMIT 1",
                        DatabaseName.templatesOf(key))
                .stream()
                .findFirst();
    }

    /**
     * Finds it, or restores it from its dump; who comes meanwhile waits.
     *
     * @param extensions that the repository has declared
     * @throws ClientException REFUSED when the dump cannot be restored here
     */
    String ensure(StoredTemplate template, List<String> extensions, Source source)
            throws IOException, ClientException, InterruptedException {
        try {
            return server.call("look for a template", session -> {
                Optional<String> there = find(session, template.key());
                if (there.isEmpty()) {
                    session.lockKey(template.key());
                    there = find(session, template.key());
                }
                try {
                    return there.isPresent() ? there.get() : restore(session, template, extensions, source);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private String restore(Session session, StoredTemplate template, List<String> extensions, Source source)
            throws IOException, SQLException, ClientException, InterruptedException {
        String name = DatabaseName.fresh(DatabaseName.Kind.TEMPLATE, template.key(), server.epoch())
                .toString();
        Path dump = Files.createTempFile(Files.createDirectories(scratch), "template", ".dump");
        boolean sealed = false;
        try {
            source.pull(dump);
            Secret password = PostgresServer.newPassword();
            make(session, name, password);
            allow(name, extensions);
            tools.restore(server.config().address(), name, name, password, dump);
            check(name, password, template);
            seal(session, name);
            sealed = true;
            LOG.info("{}: {} is the template of {}", server, name, template.key());
            return name;
        } finally {
            Files.deleteIfExists(dump);
            if (!sealed) {
                discard(session, name);
            }
        }
    }

    /** An empty database that only a role of the same name can connect to. */
    static void make(Session session, String name, Secret password) throws SQLException {
        session.execute("CREATE ROLE " + name + " LOGIN PASSWORD '" + password.value() + "'");
        session.execute("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' OWNER " + name
                + " ALLOW_CONNECTIONS false");
        session.execute(
                "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC; ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    }

    /** Those that the operator lets the fleet make; all others the database's own role makes, as far as it may. */
    void allow(String name, List<String> extensions) throws SQLException {
        List<String> wanted = extensions.stream()
                .filter(server.config().extensions()::contains)
                .toList();
        if (wanted.isEmpty()) {
            return;
        }
        try (Connection connection = server.connect(
                        name, server.config().user(), server.config().password());
                Statement statement = connection.createStatement()) {
            for (String extension : wanted) {
                statement.execute("CREATE EXTENSION IF NOT EXISTS \"" + extension + "\" CASCADE");
            }
        }
    }

    /** As its owner: nothing that it defines may run with the fleet's rights. */
    private void check(String name, Secret password, StoredTemplate template) throws SQLException, ClientException {
        try (Connection connection = server.connect(name, name, password);
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE");
            DatabaseFacts restored = DatabaseCount.of(connection);
            if (!restored.equals(template.facts())) {
                throw new ClientException(
                        Kind.REFUSED,
                        "the dump of " + template.key() + " restored has " + restored.tables() + " tables and "
                                + restored.rows() + " rows, and "
                                + template.facts().tables() + " and "
                                + template.facts().rows() + " were dumped");
            }
        }
    }

    /** From here on nobody connects to it or changes it; clones keep the objects' owner, whom nobody can log in as. */
    private static void seal(Session session, String name) throws SQLException {
        session.execute("ALTER ROLE " + name + " NOLOGIN PASSWORD NULL; ALTER DATABASE " + name
                + " ALLOW_CONNECTIONS false; ALTER DATABASE " + name + " OWNER TO CURRENT_USER");
        endConnections(session, name);
        session.execute("ALTER DATABASE " + name + " IS_TEMPLATE true");
    }

    /** Of whoever is still in there, which keeps it from being cloned. */
    static void endConnections(Session session, String name) throws SQLException {
        session.texts("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ?", name);
    }

    /** Takes away what is half-made; what cannot be now is swept later. */
    private void discard(Session session, String name) {
        try {
            if (!session.isAlive()) {
                return;
            }
            session.dropForced(name);
            session.execute("DROP ROLE IF EXISTS " + name);
        } catch (SQLException e) {
            LOG.warn("{}: {} is left to be swept: {}", server, name, e.getMessage());
        }
    }
}
