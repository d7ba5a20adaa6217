package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.work.template.postgres.DatabaseName.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from one server what nobody will: clones that were never given back, what processes left that are gone, templates that were
 * half made, and those that nobody cloned for long. One at a time, by what the names say.
 */
final class ServerSweep {

    private static final Logger LOG = LoggerFactory.getLogger(ServerSweep.class);

    /** Longer than any command runs. */
    private static final Duration WORK_AGE = Duration.ofHours(6);

    private static final Duration ROLE_AGE = Duration.ofMinutes(10);

    private final PostgresServer server;
    private final Duration cloneAge;
    private final Predicate<String> inUse;
    private final Predicate<DatabaseName> wantedTemplate;

    /**
     * @param cloneAge after which a clone is removed
     * @param inUse whether this process will remove a clone itself, later
     * @param wantedTemplate whether a template is to stay
     */
    ServerSweep(
            PostgresServer server, Duration cloneAge, Predicate<String> inUse, Predicate<DatabaseName> wantedTemplate) {
        this.server = server;
        this.cloneAge = cloneAge;
        this.inUse = inUse;
        this.wantedTemplate = wantedTemplate;
    }

    /** Sweeps once. */
    void run() throws ClientException, InterruptedException {
        var unused = server.call("look for what is left over", session -> {
            Instant now = Instant.now();
            for (String text : session.texts(
                    "SELECT datname FROM pg_database WHERE datname LIKE '" + DatabaseName.PATTERN + "' ORDER BY 1")) {
                Optional<DatabaseName> name = DatabaseName.parse(text);
                if (name.isPresent()) {
                    look(session, name.get(), now);
                }
            }
            for (String role : leftRoles(session, now)) {
                dropRole(session, role);
            }
            return true;
        });
    }

    private void look(Session session, DatabaseName name, Instant now) throws SQLException {
        Duration age = Duration.between(Instant.ofEpochSecond(name.made()), now);
        boolean left =
                switch (name.kind()) {
                    case CLONE ->
                        age.compareTo(cloneAge) > 0
                                && !inUse.test(name.toString())
                                && (name.epoch() == server.epoch() || session.isGone(name.epoch()));
                    case WORK ->
                        name.epoch() != server.epoch() && (age.compareTo(WORK_AGE) > 0 || session.isGone(name.epoch()));
                    case TEMPLATE -> !wantedTemplate.test(name) || !isReady(session, name);
                };
        if (!left) {
            return;
        }
        if (name.kind() == Kind.TEMPLATE) {
            // whoever has the lock is making it
            if (!session.tryLockKey(name.key())) {
                return;
            }
            if (wantedTemplate.test(name) && isReady(session, name)) {
                return;
            }
            session.execute("ALTER DATABASE " + name + " IS_TEMPLATE false ALLOW_CONNECTIONS false");
        }
        LOG.info("{}: {} was left over and is dropped", server, name);
        session.dropForced(name.toString());
        dropRole(session, name.toString());
    }

    private static boolean isReady(Session session, DatabaseName name) throws SQLException {
        return !session.texts(
                        "SELECT 1 FROM pg_database WHERE datname = ? AND datistemplate AND NOT datallowconn",
                        name.toString())
                .isEmpty();
    }

    private static List<String> leftRoles(Session session, Instant now) throws SQLException {
        return session
                .texts("SELECT rolname FROM pg_roles WHERE rolname LIKE '" + DatabaseName.PATTERN
                        + "' AND NOT EXISTS (SELECT FROM pg_database WHERE datname = rolname)")
                .stream()
                .filter(role -> DatabaseName.parse(role)
                        .filter(name -> Instant.ofEpochSecond(name.made())
                                .plus(ROLE_AGE)
                                .isBefore(now))
                        .isPresent())
                .toList();
    }

    /** A template's role has to stay for as long as clones have its objects. */
    private void dropRole(Session session, String role) throws SQLException {
        try {
            session.execute("DROP ROLE IF EXISTS " + role);
        } catch (SQLException e) {
            if (!"2BP01".equals(e.getSQLState())) {
                throw e;
            }
            LOG.debug("{}: role {} stays: {}", server, role, e.getMessage());
        }
    }
}
