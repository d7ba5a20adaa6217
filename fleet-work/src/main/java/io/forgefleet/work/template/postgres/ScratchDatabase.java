package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.runtime.config.PostgresConfig.Address;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.work.template.DatabaseFacts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An empty database on a configured server for one command to fill, with a role of its own; dropped when it is closed. */
public final class ScratchDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ScratchDatabase.class);

    private final PostgresServer server;
    private final PostgresTools tools;
    private final DatabaseName name;
    private final Secret password = PostgresServer.newPassword();

    private ScratchDatabase(PostgresServer server, PostgresTools tools, DatabaseName name) {
        this.server = server;
        this.tools = tools;
        this.name = name;
    }

    /**
     * Makes one.
     *
     * @param key of the template that comes of it
     * @param extensions that the repository has declared
     */
    public static ScratchDatabase make(PostgresServer server, PostgresTools tools, String key, List<String> extensions)
            throws ClientException, InterruptedException {
        server.showPresence();
        DatabaseName name = DatabaseName.fresh(DatabaseName.Kind.WORK, key, server.epoch());
        ScratchDatabase scratch = new ScratchDatabase(server, tools, name);
        boolean made = false;
        try {
            var unused = server.call("make a database", session -> {
                TemplateDatabases.make(session, name.toString(), scratch.password);
                new TemplateDatabases(server, tools, Path.of(".")).allow(name.toString(), extensions);
                return true;
            });
            made = true;
            return scratch;
        } finally {
            if (!made) {
                scratch.close();
            }
        }
    }

    /** Where a command finds it. */
    public Address address() {
        return server.config().advertised();
    }

    /** Of the database and of its role. */
    public String name() {
        return name.toString();
    }

    public Secret password() {
        return password;
    }

    /**
     * Writes all of it into a file, once its command has ended.
     *
     * @throws ClientException REFUSED when a transaction was left open
     */
    public DatabaseFacts dump(Path file) throws ClientException, InterruptedException {
        var unused = server.call("end what is left of a command", session -> {
            List<String> open = session.texts(
                    "SELECT pid::text FROM pg_stat_activity WHERE datname = ? AND state LIKE 'idle in transaction%'"
                            + " UNION ALL SELECT transaction::text FROM pg_prepared_xacts WHERE database = ?",
                    name(), name());
            TemplateDatabases.endConnections(session, name());
            if (!open.isEmpty()) {
                throw new ClientException(
                        Kind.REFUSED,
                        "the command left a transaction open: commit it, and close the connection, before it ends");
            }
            return true;
        });
        tools.dump(server.config().address(), name(), name(), password, file);
        try (Connection connection = server.connect(name(), name(), password)) {
            return DatabaseCount.of(connection);
        } catch (SQLException e) {
            throw server.failure("count rows", e);
        }
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            var unused = server.call("drop a database", session -> {
                session.dropForced(name());
                session.execute("DROP ROLE IF EXISTS " + name);
                return true;
            });
        } catch (ClientException e) {
            LOG.warn("{} is left to be swept: {}", name, e.getMessage());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
