package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.runtime.config.Secret;
import java.sql.SQLException;
import java.util.Optional;

/** Makes and drops clones on one server. Thread-safe; blocks. */
final class Clones {

    /** PostgreSQL's word for a template that somebody is connected to. */
    private static final String IN_USE = "55006";

    private static final int ATTEMPTS = 5;

    private final PostgresServer server;
    private final int most;

    /** @param most at once on the server, whoever makes them */
    Clones(PostgresServer server, int most) {
        this.server = server;
        this.most = most;
    }

    /** A clone of a template's database; empty when there is no such database any more. */
    Optional<Clone> make(String key) throws ClientException, InterruptedException {
        return server.call("clone a template", session -> {
            Optional<String> template = TemplateDatabases.find(session, key);
            if (template.isEmpty()) {
                return Optional.empty();
            }
            DatabaseName name = DatabaseName.fresh(DatabaseName.Kind.CLONE, key, server.epoch());
            Secret password = PostgresServer.newPassword();
            // of the template's owner, so that all objects are the clone's to change
            session.execute(
                    "CREATE ROLE " + name + " LOGIN PASSWORD '" + password.value() + "' IN ROLE " + template.get());
            try {
                requireRoom(session);
                copy(session, template.get(), name);
            } catch (SQLException | ClientException e) {
                if (session.isAlive()) {
                    session.execute("DROP ROLE IF EXISTS " + name);
                }
                throw e;
            }
            session.execute("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC; ALTER DATABASE " + name
                    + " ALLOW_CONNECTIONS true");
            return Optional.of(new Clone(name.id(), server.config().advertised(), name.toString(), password));
        });
    }

    /** Somebody with the rights to may have connected to the template all the same; then it is they who go. */
    private static void copy(Session session, String template, DatabaseName name) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                session.execute("CREATE DATABASE " + name + " TEMPLATE " + template + " OWNER " + name
                        + " ALLOW_CONNECTIONS false");
                return;
            } catch (SQLException e) {
                if (!IN_USE.equals(e.getSQLState()) || attempt == ATTEMPTS) {
                    throw e;
                }
                session.execute("ALTER DATABASE " + template + " ALLOW_CONNECTIONS false");
                TemplateDatabases.endConnections(session, template);
            }
        }
    }

    /** Asked when the clone's own role is there: of any number who ask at once, none sees less than there is. */
    private void requireRoom(Session session) throws SQLException, ClientException {
        int there = Integer.parseInt(session.texts("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ff\\_c\\_%'")
                .getFirst());
        if (there > most) {
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    server + " has " + (there - 1)
                            + " clones, the most that templates.postgres.clones of fleet.yml allows:"
                            + " give some back");
        }
    }

    /** Drops a clone and whoever is connected to it; false when there is none. */
    boolean drop(DatabaseName name) throws ClientException, InterruptedException {
        return server.call("drop a clone", session -> {
            boolean there = !session.texts("SELECT 1 FROM pg_roles WHERE rolname = ?", name.toString())
                    .isEmpty();
            session.dropForced(name.toString());
            session.execute("DROP ROLE IF EXISTS " + name);
            return there;
        });
    }
}
