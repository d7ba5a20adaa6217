package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.runtime.config.PostgresConfig.Address;
import io.forgefleet.runtime.config.Secret;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A configured server, through the fleet's own superuser. Connects when it is needed. Thread-safe; blocks. */
public final class PostgresServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final int MOST_IDLE = 4;
    private static final int PASSWORD_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Some work on one connection. */
    interface Work<T> {
        T with(Session session) throws SQLException, ClientException, InterruptedException;
    }

    private final PostgresConfig.Server config;
    private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
    private final int epoch = RANDOM.nextInt();
    private @Nullable Session presence;
    private volatile @Nullable String version;

    public PostgresServer(PostgresConfig.Server config) {
        this.config = config;
    }

    PostgresConfig.Server config() {
        return config;
    }

    /** Of this process on this server. */
    int epoch() {
        return epoch;
    }

    /**
     * Its version as it says itself, such as 16.4.
     *
     * @throws ClientException when it does not answer, or has another version than is configured
     */
    public String version() throws ClientException, InterruptedException {
        String known = version;
        if (known == null) {
            known = call(
                    "ask for the version",
                    session -> session.texts("SHOW server_version").getFirst().split(" ", -1)[0]);
            String declared = config.version();
            if (declared != null && !PostgresConfig.fits(declared, known)) {
                throw new ClientException(
                        Kind.REFUSED,
                        this + " is of version " + known + ", and templates.postgres.servers says " + declared);
            }
            version = known;
        }
        return known;
    }

    /** Whether the fleet's user there may do what the fleet does. */
    public boolean isSuperuser() throws ClientException, InterruptedException {
        return call("ask for the rights", session -> session.texts(
                        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
                .getFirst()
                .equals("t"));
    }

    /** Does something on a connection that nobody else has meanwhile; its locks end with it. */
    <T> T call(String tried, Work<T> work) throws ClientException, InterruptedException {
        Session session = null;
        try {
            session = take();
            T result = work.with(session);
            session.unlock();
            if (idle.size() < MOST_IDLE) {
                idle.addFirst(session);
                session = null;
            }
            return result;
        } catch (SQLException e) {
            throw failure(tried, e);
        } finally {
            if (session != null) {
                close(session);
            }
        }
    }

    private Session take() throws SQLException {
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            if (session.isAlive()) {
                return session;
            }
            close(session);
        }
        return new Session(connect(config.address().database(), config.user(), config.password()));
    }

    /** Somebody's connection to a database of this server. */
    Connection connect(String database, String user, @Nullable Secret password) throws SQLException {
        Address address = config.address();
        Properties settings = new Properties();
        settings.setProperty("user", user);
        if (password != null) {
            settings.setProperty("password", password.value());
        }
        settings.setProperty("sslmode", address.sslmode());
        settings.setProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        settings.setProperty("loginTimeout", Long.toString(CONNECT.toSeconds()));
        settings.setProperty("socketTimeout", Long.toString(SILENCE.toSeconds()));
        settings.setProperty("tcpKeepAlive", "true");
        settings.setProperty("ApplicationName", "forgefleet");
        if (user.equals(config.user())) {
            // passwords stand in statements, and are not for the server's log
            settings.setProperty(
                    "options",
                    "-c log_statement=none -c log_min_error_statement=panic -c log_min_duration_statement=-1");
        }
        return DriverManager.getConnection("jdbc:postgresql://" + address + "/" + database, settings);
    }

    /** Has others know, for as long as this process lives, that what it has made is its own. */
    synchronized void showPresence() throws ClientException {
        try {
            if (presence != null && presence.isAlive()) {
                return;
            }
            Session session = new Session(connect(config.address().database(), config.user(), config.password()));
            session.lockEpoch(epoch);
            presence = session;
        } catch (SQLException e) {
            throw failure("connect", e);
        }
    }

    ClientException failure(String tried, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        Kind kind =
                switch (state.length() < 2 ? "" : state.substring(0, 2)) {
                    case "28" -> Kind.UNAUTHORIZED;
                    case "08", "53", "57", "55", "40", "" -> Kind.UNAVAILABLE;
                    default -> Kind.REFUSED;
                };
        String advice =
                switch (kind) {
                    case UNAUTHORIZED -> "; check user and password of it in fleet.yml";
                    case UNAVAILABLE -> "; is it up, and reachable from here?";
                    default -> "";
                };
        return new ClientException(kind, this + ", " + tried + ": " + e.getMessage() + advice, e);
    }

    /** Nobody can guess it, and it needs no quotes. */
    static Secret newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        RANDOM.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static void close(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("a connection was gone: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        idle.forEach(PostgresServer::close);
        idle.clear();
        if (presence != null) {
            close(presence);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL server " + config.name() + " at " + config.address();
    }
}
