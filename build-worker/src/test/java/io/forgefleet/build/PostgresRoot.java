package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.host.registry.ProgramRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of an image with this machine's PostgreSQL, server and client programs. */
final class PostgresRoot {

    /** As Debian 12 has it. */
    static final String VERSION = "15";

    private static final Path SERVER = Path.of("/usr/lib/postgresql/" + VERSION);
    private static final String COPY = """
            set -e
            mkdir -p usr/lib/postgresql usr/share/postgresql usr/lib/locale etc
            cp -a %1$s usr/lib/postgresql/
            rm -rf usr/lib/postgresql/%2$s/lib/bitcode
            cp -a /usr/share/postgresql/%2$s usr/share/postgresql/
            if [ -d /usr/lib/locale/C.utf8 ]; then cp -a /usr/lib/locale/C.utf8 usr/lib/locale/; fi
            for p in postgres initdb psql pg_dump pg_restore; do ldd %1$s/bin/$p; done | grep -o '/[^ ]*' | sort -u | while read -r l; do
                mkdir -p ".$(dirname "$l")"; [ -e ".$l" ] || cp -L "$l" ".$l"
            done
            ln -s busybox bin/grep
            ln -s ../usr/lib/postgresql/%2$s/bin/psql bin/psql
            echo 'root:x:0:0::/:/bin/sh
            postgres:x:999:999::/tmp:/bin/sh' > etc/passwd
            chmod 1777 tmp
            """;

    private PostgresRoot() {}

    /** Makes it; empty where PostgreSQL, or busybox, is not installed. */
    static Optional<Path> make(Path root) throws Exception {
        if (!Files.isExecutable(SERVER.resolve("bin/postgres"))) {
            return Optional.empty();
        }
        Optional<Path> made = ProgramRoot.make(root, List.of());
        if (made.isPresent()) {
            Command.Result copied = new Command(
                            List.of("bash", "-c", COPY.formatted(SERVER, VERSION)),
                            Map.copyOf(System.getenv()),
                            root,
                            "",
                            Duration.ofMinutes(1))
                    .run(1 << 20);
            assertThat(copied.exit()).as(copied.errors()).isZero();
        }
        return made;
    }
}
