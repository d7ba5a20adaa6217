package io.forgefleet.build.template;

import io.forgefleet.work.sandbox.SandboxServer;
import io.forgefleet.work.template.postgres.DatabaseCount;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A server of PostgreSQL beside a command: whatever image has the programs and a user {@code postgres}, Debian's or the official one.
 * Its start, and what it is asked before and after the command, are shell of our own. What is in it is gone in the end, so nothing waits for a disk.
 */
final class PostgresContainer {

    static final String DATABASE = "template";
    static final String USER = "template";
    static final String DUMP = "database.dump";
    static final String COUNTS = "counts";
    static final String VERSION = "version";

    /** What a command finds that needs a password to be happy. */
    static final String URL = "postgresql://" + USER + ":" + USER + "@127.0.0.1:5432/" + DATABASE;

    private static final String FOLDER = "/tmp/forgefleet";
    private static final String LOG = "/tmp/server.log";
    private static final String PROGRAMS =
            "for d in /usr/lib/postgresql/*/bin; do PATH=$d:$PATH; done; export PATH LC_ALL=C.UTF-8; umask 022\n";

    private static final String START = PROGRAMS + """
            init() { initdb -D /tmp/pgdata -U %1$s -A trust -E UTF8 --no-sync --locale="$1"; }
            mkdir -p %3$s
            init C.UTF-8 > /tmp/init.log 2>&1 || { rm -rf /tmp/pgdata; init C > /tmp/init.log 2>&1; } || { cat /tmp/init.log; exit 1; }
            exec postgres -D /tmp/pgdata -c listen_addresses=127.0.0.1 -c port=5432 -c unix_socket_directories=/tmp \\
                -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_wal_size=4GB \\
                -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0 > %2$s 2>&1
            """.formatted(USER, LOG, FOLDER);

    private static final String CALL = " -X -q -h 127.0.0.1 -U " + USER;

    /** Half a minute: a new cluster takes a second or two, on a busy machine ten. */
    private static final String READY = PROGRAMS + """
            i=0
            until psql %1$s -d postgres -Atc 'SHOW server_version' > %2$s/version 2> /tmp/ready.log; do
                i=$((i + 1))
                if [ $i -gt 150 ]; then cat /tmp/init.log %3$s /tmp/ready.log; exit 1; fi
                sleep 0.2
            done
            psql %1$s -v ON_ERROR_STOP=1 -d postgres -c 'CREATE DATABASE %4$s' || exit 1
            """;

    private static final String FINISH = PROGRAMS + """
            if grep -q 'client connection with an open transaction' %1$s; then
                echo 'the command left a transaction open: commit it, and close the connection, before it ends'; exit 1
            fi
            psql %2$s -v ON_ERROR_STOP=1 -d %3$s -At > /tmp/counting.sql <<'END' || exit 1
            %4$s;
            END
            psql %2$s -v ON_ERROR_STOP=1 -d %3$s -At -f /tmp/counting.sql > %5$s/counts || exit 1
            pg_dump -h 127.0.0.1 -U %6$s -d %3$s --format=custom --file=%5$s/database.dump || exit 1
            pg_restore --list %5$s/database.dump > /dev/null
            """;

    private PostgresContainer() {}

    /** @param extensions that are there before the command runs */
    static SandboxServer of(CommandImage image, List<String> extensions, Duration within) {
        String ready = READY.formatted(CALL, FOLDER, LOG, DATABASE)
                + extensions.stream()
                        .map(each -> "psql " + CALL + " -v ON_ERROR_STOP=1 -d " + DATABASE + " -c 'CREATE EXTENSION \""
                                + each + "\" CASCADE' || exit 1\n")
                        .collect(Collectors.joining());
        String finish = FINISH.formatted(LOG, CALL, DATABASE, DatabaseCount.STATEMENTS, FOLDER, USER);
        return new SandboxServer(image.repository(), image.digest(), "postgres", START, ready, finish, FOLDER, within);
    }
}
