package io.forgefleet.benchmarks.template;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import io.forgefleet.work.template.postgres.Clone;
import io.forgefleet.work.template.postgres.CloneService;
import io.forgefleet.work.template.postgres.PostgresTools;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A clone by the fleet against a bare {@code CREATE DATABASE … TEMPLATE}, by turns on one server, and one that is ready. */
final class CloneFigures {

    private static final int TABLES = 25;
    private static final int ROWS = 1_000;
    private static final int KEPT = 20;
    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final Bench bench;
    private final EmbeddedPostgres postgres;
    private final CloneService made;
    private final CloneService ahead;
    private final TemplateStore store;
    private final TemplateKey key;
    private final StoredTemplate template;

    private CloneFigures(Bench bench, LocalRegistry registry, EmbeddedPostgres postgres) throws Exception {
        this.bench = bench;
        this.postgres = postgres;
        PostgresTools tools =
                new PostgresTools(new ToolPaths(Map.of(), System.getenv("PATH"), bench.directory()), WITHIN);
        made = service(tools, 0);
        ahead = service(tools, KEPT);
        store = new TemplateStore(
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(30)),
                "bench/clones/template-db/main",
                bench.directory().resolve("scratch"));
        key = new TemplateKey(
                Engine.POSTGRESQL,
                "15",
                new TreeMap<>(Map.of("1.sql", "id")),
                "migrate",
                new Digest("sha256:" + "a".repeat(64)),
                List.of(),
                new TreeMap<>(),
                false,
                TrustClass.BRANCH);
        template = store.push(
                key,
                new FinishedDatabase(dump(), new DatabaseFacts(TABLES, (long) TABLES * ROWS), WITHIN),
                RunId.derive("event", "template", "template-db", "clones"),
                new CommitId("c".repeat(40)),
                () -> {});
    }

    static void measure(Bench bench, LocalRegistry registry, List<Figure> figures) throws Exception {
        if (Program.onPath("pg_dump").isEmpty()) {
            figures.add(Figure.skipped("clones of PostgreSQL", "no pg_dump (apt-get install postgresql-client)"));
            return;
        }
        bench.say("starting PostgreSQL");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            CloneFigures clones = new CloneFigures(bench, registry, postgres);
            try {
                clones.againstBare(figures);
                clones.ready(figures);
            } finally {
                clones.made.close();
                clones.ahead.close();
            }
        }
    }

    private CloneService service(PostgresTools tools, int spare) throws Exception {
        return new CloneService(
                FleetConfig.parse("""
                                templates: {postgres: {spareClones: %d, clones: 1000, servers:
                                  [{name: here, url: "postgresql://127.0.0.1:%d", user: postgres}]}}
                                """.formatted(spare, postgres.getPort()), Map.of())
                        .templates()
                        .postgres(),
                tools,
                bench.directory().resolve("clones"),
                Duration.ofDays(1));
    }

    private Path dump() throws Exception {
        execute("CREATE DATABASE source");
        try (Connection connection = postgres.getDatabase("postgres", "source").getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < TABLES; i++) {
                statement.execute(
                        "CREATE TABLE t%d AS SELECT n AS id, 'volume ' || n AS title FROM generate_series(1, %d) n"
                                .formatted(i, ROWS));
            }
        }
        Path dump = bench.directory().resolve("source.dump");
        Command.Output output = new Command(
                        List.of(
                                "pg_dump",
                                "-Fc",
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(postgres.getPort()),
                                "-U",
                                "postgres",
                                "-f",
                                dump.toString(),
                                "source"),
                        bench.directory(),
                        Map.of(),
                        WITHIN,
                        1 << 16)
                .run();
        if (output.exitCode() != 0) {
            throw new IOException("pg_dump ended with " + output.exitCode() + ": " + output.error());
        }
        return dump;
    }

    private void againstBare(List<Figure> figures) throws Exception {
        made.drop(key.hash(), made.take(key, template, store).id());
        int times = bench.size(30, 6);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < times + 3; i++) { // by turns; the first three warm up
                bench.say("clone " + i);
                long began = System.nanoTime();
                Clone clone = made.take(key, template, store);
                double own = (System.nanoTime() - began) / 1e9;
                began = System.nanoTime();
                statement.execute("CREATE DATABASE bare TEMPLATE source");
                double peer = (System.nanoTime() - began) / 1e9;
                made.drop(key.hash(), clone.id());
                statement.execute("DROP DATABASE bare");
                if (i >= 3) {
                    ours.add(own);
                    theirs.add(peer);
                }
            }
        }
        double own = Samples.of(ours).median();
        double peer = Samples.of(theirs).median();
        figures.add(Figure.of(
                "PostgreSQL clone with its role, median of %d, ÷ bare CREATE DATABASE … TEMPLATE".formatted(times),
                Table.text("%.2f × (%.0f ms, %.0f ms)", own / peer, own * 1e3, peer * 1e3),
                "≤ 1.1 ×",
                own <= 1.1 * peer));
    }

    /** Bursts, as test sessions come, with time between them to make others. */
    private void ready(List<Figure> figures) throws Exception {
        int bursts = bench.size(10, 2);
        Deque<Clone> taken = new ArrayDeque<>();
        List<Double> took = new ArrayList<>();
        int missed = 0;
        for (int burst = 0; burst < bursts + 1; burst++) {
            bench.say("burst " + burst);
            for (int i = 0; i < KEPT; i++) {
                long began = System.nanoTime();
                Optional<Clone> ready = ahead.takeReady(key.hash());
                if (ready.isPresent() && burst > 0) {
                    took.add((System.nanoTime() - began) / 1e6);
                } else if (burst > 0) {
                    missed++;
                }
                taken.add(ready.isPresent() ? ready.get() : ahead.take(key, template, store));
            }
            for (Clone clone = taken.poll(); clone != null; clone = taken.poll()) {
                ahead.drop(key.hash(), clone.id());
            }
            Thread.sleep(Duration.ofSeconds(5));
        }
        double p95 = took.stream()
                .sorted()
                .skip((long) (took.size() * 0.95))
                .findFirst()
                .orElse(Double.MAX_VALUE);
        figures.add(Figure.of(
                "PostgreSQL clone from the pool, p95 of %d (%d found none ready)".formatted(took.size(), missed),
                Table.text("%.2f ms", p95),
                "≤ 2 ms",
                p95 <= 2));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
