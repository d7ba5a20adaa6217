package io.forgefleet.work.template.postgres;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.runtime.config.PostgresConfig.Address;
import io.forgefleet.runtime.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** PostgreSQL's own {@code pg_dump} and {@code pg_restore}; no older than the servers. Thread-safe; blocks. */
public final class PostgresTools {

    /** The tools, as {@code tools.paths} calls them. */
    public static final List<String> NAMES = List.of("pg_dump", "pg_restore");

    private static final int MOST_OUTPUT = 1 << 22;
    private static final Duration QUICK = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)");

    private final ToolPaths paths;
    private final Duration longest;

    /** @param longest that a dump or a restoring may take */
    public PostgresTools(ToolPaths paths, Duration longest) {
        this.paths = paths;
        this.longest = longest;
    }

    /** Which major version a tool is of. */
    public int version(String tool) throws ClientException, InterruptedException {
        Command.Result result = run(tool, QUICK, Map.of(), List.of("--version"));
        Matcher version = VERSION.matcher(result.text());
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }

    /** Writes a whole database into a file of the custom form. */
    void dump(Address server, String database, String user, Secret password, Path file)
            throws ClientException, InterruptedException {
        succeeded(
                "pg_dump",
                run(
                        "pg_dump",
                        longest,
                        environment(server, database, user, password),
                        List.of("--format=custom", "--no-password", "--file=" + file)));
    }

    /**
     * Fills an empty database, as a role that may do nothing beside it: what a dump holds is somebody's code.
     *
     * @throws ClientException REFUSED when it holds what that role may not do, or cannot be read
     */
    void restore(Address server, String database, String user, Secret password, Path dump)
            throws IOException, ClientException, InterruptedException {
        Command.Result list = run("pg_restore", QUICK, Map.of(), List.of("--list", dump.toString()));
        succeeded("pg_restore", list);
        Path contents = Files.writeString(
                dump.resolveSibling(dump.getFileName() + ".list"),
                list.text()
                        .lines()
                        .filter(line -> !line.contains(" COMMENT - EXTENSION "))
                        .collect(Collectors.joining("\n", "", "\n")));
        try {
            succeeded(
                    "pg_restore",
                    run(
                            "pg_restore",
                            longest,
                            environment(server, database, user, password),
                            List.of(
                                    "--dbname=" + database,
                                    "--no-password",
                                    "--exit-on-error",
                                    "--no-owner",
                                    "--no-privileges",
                                    "--no-tablespaces",
                                    "--use-list=" + contents,
                                    dump.toString())));
        } finally {
            Files.deleteIfExists(contents);
        }
    }

    private Command.Result run(String tool, Duration timeout, Map<String, String> more, List<String> arguments)
            throws ClientException, InterruptedException {
        Path program = paths.find(tool)
                .orElseThrow(() -> new ClientException(
                        Kind.REFUSED,
                        "there is no " + tool + " " + paths.places(tool)
                                + ": install PostgreSQL's client programs (Debian: postgresql-client), or name it in"
                                + " tools.paths of fleet.yml"));
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(arguments);
        Map<String, String> environment = new HashMap<>(more);
        environment.put("PATH", paths.path());
        environment.put("LC_ALL", "C.UTF-8");
        return new Command(line, environment, null, "", timeout).run(MOST_OUTPUT);
    }

    private static Map<String, String> environment(Address server, String database, String user, Secret password) {
        return Map.of(
                "PGHOST", server.host(),
                "PGPORT", Integer.toString(server.port()),
                "PGDATABASE", database,
                "PGUSER", user,
                "PGPASSWORD", password.value(),
                "PGSSLMODE", server.sslmode(),
                "PGCONNECT_TIMEOUT", "10");
    }

    private static void succeeded(String tool, Command.Result result) throws ClientException {
        if (result.exit() != 0) {
            String said = result.errors().strip();
            boolean version = said.contains("version mismatch") || said.contains("unsupported version");
            throw new ClientException(
                    said.contains("could not connect") || said.contains("connection to server")
                            ? Kind.UNAVAILABLE
                            : Kind.REFUSED,
                    tool + " ended with " + result.exit() + ": " + said
                            + (version ? "; name a newer " + tool + " in tools.paths of fleet.yml" : ""));
        }
    }
}
