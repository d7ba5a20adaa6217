package io.forgefleet.work.template.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection of the fleet's own, for one piece of work. Locks are those of PostgreSQL for applications: they belong to this
 * connection, so whoever loses it has lost them, and can seal nothing any more. Used by one thread.
 */
final class Session {

    private static final int KEYS = 0x66660001;
    private static final int EPOCHS = 0x66660002;
    private static final int FORCED = 0x66660003;

    private final Connection connection;
    private boolean locked;

    Session(Connection connection) {
        this.connection = connection;
    }

    /** @param sql with nothing in it but our own names, which need no quotes, and passwords without any */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> texts(String query, String... parameters) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    texts.add(result.getString(1));
                }
            }
        }
        return texts;
    }

    /** Waits until nobody else makes or removes templates of a key, and keeps others from it until this session's work ends. */
    void lockKey(String key) throws SQLException {
        lock("pg_advisory_lock", KEYS, keyNumber(key));
    }

    boolean tryLockKey(String key) throws SQLException {
        return tryLock(KEYS, keyNumber(key));
    }

    /** Tells others that the process of an epoch is alive, for as long as this connection is. */
    void lockEpoch(int epoch) throws SQLException {
        lock("pg_advisory_lock", EPOCHS, epoch);
    }

    /** Whether the process of an epoch is gone. */
    boolean isGone(int epoch) throws SQLException {
        boolean gone = tryLock(EPOCHS, epoch);
        if (gone) {
            lock("pg_advisory_unlock", EPOCHS, epoch);
        }
        return gone;
    }

    /** Removes a database and whoever is connected to it, one at a time on the whole server; nothing happens where it is not there. */
    void dropForced(String database) throws SQLException {
        lock("pg_advisory_lock", FORCED, 0);
        try {
            execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        } finally {
            lock("pg_advisory_unlock", FORCED, 0);
        }
    }

    private static int keyNumber(String key) {
        return (int) Long.parseLong(DatabaseName.digits(key).substring(0, 8), 16);
    }

    private void lock(String function, int what, int which) throws SQLException {
        locked = true;
        execute("SELECT " + function + "(" + what + ", " + which + ")");
    }

    private boolean tryLock(int what, int which) throws SQLException {
        locked = true;
        return texts("SELECT pg_try_advisory_lock(" + what + ", " + which + ")")
                .getFirst()
                .equals("t");
    }

    /** After its work. */
    void unlock() throws SQLException {
        if (locked) {
            execute("SELECT pg_advisory_unlock_all()");
            locked = false;
        }
    }

    boolean isAlive() throws SQLException {
        return connection.isValid(2);
    }

    /** Also from another thread: what runs then fails. */
    void close() throws SQLException {
        connection.close();
    }
}
