package io.forgefleet.benchmarks.template;

import com.sun.net.httpserver.HttpServer;
import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateCache;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A database from the warm cache of this machine against {@code cp}, from a registry against {@code oras} or {@code crane}, and 25
 * Alembic migrations in four test sessions against one run of them and four pulls.
 */
public final class TemplateBenchmark implements Benchmark {

    private static final int MIB = 1 << 20;
    private static final int SESSIONS = 4;
    private static final Duration WITHIN = Duration.ofMinutes(5);

    /** Something that is measured. */
    private interface Work {
        void run() throws Exception;
    }

    /** A template in the registry, and the file that it was made from. */
    private record Made(TemplateStore store, StoredTemplate template, Path file) {}

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        if (RegistryProgram.findAny().isEmpty()) {
            return List.of(
                    Figure.skipped("template databases", "no registry program (apt-get install docker-registry)"));
        }
        List<Figure> figures = new ArrayList<>();
        try (LocalRegistry registry = LocalRegistry.start(bench.directory().resolve("registry"), 0)) {
            hits(bench, registry, figures);
            pulls(bench, registry, figures);
            sessions(bench, registry, figures);
            CloneFigures.measure(bench, registry, figures);
        }
        return figures;
    }

    /** What lies where the copy goes to. */
    private enum Before {
        NOTHING("into a new folder"),
        UNCHANGED("over a copy that nobody wrote to"),
        CHANGED("over a copy that was written to");

        private final String words;

        Before(String words) {
            this.words = words;
        }
    }

    private void hits(Bench bench, LocalRegistry registry, List<Figure> figures) throws Exception {
        TemplateCache cache = new TemplateCache(bench.directory().resolve("cache"), 4L << 30);
        for (int size : List.of(10, 100)) {
            Made made = made(bench, registry, "hit" + size, size);
            cache.add(made.template(), made.file());
            for (Before before : Before.values()) {
                bench.say("hits of " + size + " MB, " + before.words);
                hits(bench, cache, made, size, before, figures);
            }
        }
    }

    private void hits(Bench bench, TemplateCache cache, Made made, int size, Before before, List<Figure> figures)
            throws Exception {
        Path copy = bench.directory().resolve("copy.db");
        Path by = bench.directory().resolve("by-cp.db");
        Work hit = () -> {
            if (!cache.copy(cache.find(made.template().key()).orElseThrow(), copy)) {
                throw new IOException("the cache has it not");
            }
        };
        Work cp = () ->
                command(bench.directory(), "cp", "--reflink=auto", made.file().toString(), by.toString());
        int times = bench.size(30, 8);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < times + 3; i++) { // by turns; the first three warm up
            prepare(copy, before);
            double own = seconds(hit);
            prepare(by, before);
            double peer = seconds(cp);
            if (i >= 3) {
                ours.add(own);
                theirs.add(peer);
            }
        }
        double own = Samples.of(ours).median();
        double peer = Samples.of(theirs).median();
        String what = "hit of %d MB in process, warm cache, %s, median of %d".formatted(size, before.words, times);
        if (size == 10) {
            figures.add(Figure.of(what, Table.text("%.1f ms", own * 1e3), "≤ 10 ms", own <= 0.010));
        } else {
            figures.add(Figure.of(
                    what + ", ÷ cp --reflink=auto",
                    Table.text("%.2f × (%.0f ms, %.0f ms)", own / peer, own * 1e3, peer * 1e3),
                    "≤ 1.3 ×",
                    own <= 1.3 * peer));
        }
    }

    private static void prepare(Path copy, Before before) throws IOException {
        if (before == Before.NOTHING) {
            Files.deleteIfExists(copy);
        } else if (before == Before.CHANGED && Files.exists(copy)) {
            Files.write(copy, new byte[] {1}, StandardOpenOption.WRITE);
        }
    }

    private void pulls(Bench bench, LocalRegistry registry, List<Figure> figures) throws Exception {
        Made made = made(bench, registry, "pull", 100);
        String what = "pull of 100 MB, throughput ÷ that of ";
        boolean oras = Program.onPath("oras").isPresent();
        if (!oras && Program.onPath("crane").isEmpty()) {
            figures.add(Figure.skipped(what + "oras pull", "no oras, no crane"));
            return;
        }
        String name = registry.address() + "/bench/pull/template-db/main@";
        Path into = Files.createDirectories(bench.directory().resolve("theirs"));
        List<String> line = oras
                ? List.of(
                        "oras",
                        "pull",
                        "--plain-http",
                        "-o",
                        into.toString(),
                        name + made.template().manifest())
                : List.of(
                        "sh",
                        "-c",
                        "crane blob --insecure " + name + made.template().blob() + " > blob");
        Path pulled = bench.directory().resolve("pulled.db");
        for (boolean again : List.of(false, true)) {
            List<Double> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            int times = bench.size(7, 2);
            for (int i = 0; i < times + 1; i++) {
                bench.say("pulls of 100 MB, " + i);
                if (!again) {
                    Files.deleteIfExists(pulled);
                    Folders.delete(into);
                    Files.createDirectory(into);
                }
                double own = seconds(() -> made.store().pull(made.template(), pulled));
                double peer = seconds(() -> command(into, line.toArray(String[]::new)));
                if (i > 0) {
                    ours.add(own);
                    theirs.add(peer);
                }
            }
            double own = Samples.of(ours).median();
            double peer = Samples.of(theirs).median();
            figures.add(Figure.of(
                    what
                            + (oras ? "oras pull" : "crane blob (no oras here)")
                            + (again ? ", over the one before" : ", into a new folder"),
                    Table.text("%.2f × (%.0f ms, %.0f ms)", peer / own, own * 1e3, peer * 1e3),
                    "≥ 0.8 ×",
                    peer >= 0.8 * own));
        }
    }

    /** Each session by the command line, in a process of its own; the first one on a machine downloads. */
    private void sessions(Bench bench, LocalRegistry registry, List<Figure> figures) throws Exception {
        AlembicProject project;
        bench.say("installing Alembic");
        try {
            project =
                    AlembicProject.make(Files.createDirectory(bench.directory().resolve("alembic")));
        } catch (IOException e) {
            figures.add(Figure.skipped("25 Alembic migrations in four sessions", String.valueOf(e.getMessage())));
            return;
        }
        project.migrate(bench.directory().resolve("warm-up.db"));
        double before = 0;
        for (int i = 1; i <= SESSIONS; i++) {
            bench.say("session " + i + " with migrations");
            Path database = bench.directory().resolve("migrated-" + i + ".db");
            before += seconds(() -> project.migrate(database));
        }
        Path once = bench.directory().resolve("once.db");
        double making = seconds(() -> project.migrate(once));
        StoredTemplate template = push(bench, registry, project, once);
        fleet(
                bench.directory(),
                Map.of(),
                "template",
                "pull",
                "--help"); // after a build it learns which classes start fast
        double after = 0;
        try (Answering fleet = new Answering(registry, template)) {
            for (int i = 1; i <= SESSIONS; i++) {
                bench.say("session " + i + " with a template");
                after += seconds(() -> pull(bench, project, fleet));
            }
        }
        figures.add(Figure.beside("25 Alembic migrations, four sessions, before", Table.text("%.2f s", before)));
        figures.add(Figure.beside(
                "the same after: four pulls by the command line, the first a download", Table.text("%.2f s", after)));
        figures.add(Figure.beside(
                "the same where no worker had made it yet: migrations once, by hand", Table.text("+ %.2f s", making)));
    }

    private static StoredTemplate push(Bench bench, LocalRegistry registry, AlembicProject project, Path database)
            throws Exception {
        TemplateSpec spec = RepositoryFileParser.parse(
                        Files.readString(project.folder().resolve(".forgefleet.yml")))
                .templateDatabases()
                .getFirst();
        TreeMap<String, String> tree = new TreeMap<>();
        for (String line : project.run("git", "ls-tree", "-r", "HEAD").split("\n", -1)) {
            tree.put(line.split("\t", -1)[1], line.split("\\s+", -1)[2]);
        }
        TemplateKey key = TemplateKey.of(spec, tree, new Digest("sha256:" + "a".repeat(64)), TrustClass.PROTECTED);
        return store(bench, registry, "team/app")
                .push(
                        key,
                        new FinishedDatabase(database, new DatabaseFacts(AlembicProject.MIGRATIONS, 1_000), WITHIN),
                        RunId.derive("event", "template", "template-db", ""),
                        new CommitId(project.run("git", "rev-parse", "HEAD")),
                        () -> {});
    }

    private static void pull(Bench bench, AlembicProject project, Answering fleet) throws IOException {
        Map<String, String> variables = Map.of(
                "FLEET_SERVER", fleet.address(),
                "FLEET_TEMPLATE_CACHE", bench.directory().resolve("own-cache").toString());
        fleet(
                project.folder(),
                variables,
                "template",
                "pull",
                "main",
                "-C",
                project.folder().toString());
    }

    private static void fleet(Path folder, Map<String, String> variables, String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("forgefleet.home", "."), "fleet").toString());
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, folder, variables, WITHIN, MIB).run();
        if (output.exitCode() != 0) {
            throw new IOException("./fleet " + String.join(" ", arguments) + " failed: " + output.error());
        }
    }

    /** A fleet whose one answer is where the template lies. */
    private static final class Answering implements AutoCloseable {

        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

        Answering(LocalRegistry registry, StoredTemplate template) throws IOException {
            byte[] answer =
                    "{\"state\":\"ready\",\"plainHttp\":true,\"reference\":\"%s/bench/team/app/template-db/main@%s\"}"
                            .formatted(registry.address(), template.manifest())
                            .getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, answer.length);
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer);
                }
            });
            server.start();
        }

        String address() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    /** Half of the bytes are random, so that they compress about as databases do. */
    private static Made made(Bench bench, LocalRegistry registry, String name, int megabytes) throws Exception {
        Path file = bench.directory().resolve(name + ".db");
        byte[] page = new byte[4096];
        Random random = new Random(megabytes);
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] half = new byte[2048];
            for (int i = 0; i < megabytes * (MIB / page.length); i++) {
                random.nextBytes(half);
                System.arraycopy(half, 0, page, 0, half.length);
                out.write(page);
            }
        }
        TemplateSpec spec = new TemplateSpec(
                name, TemplateSpec.Engine.SQLITE, "", List.of(), "ci", name, List.of(), Map.of(), false, null);
        TemplateKey key =
                TemplateKey.of(spec, new TreeMap<>(), new Digest("sha256:" + "a".repeat(64)), TrustClass.BRANCH);
        TemplateStore store = store(bench, registry, name);
        StoredTemplate template = store.push(
                key,
                new FinishedDatabase(file, new DatabaseFacts(1, 1), WITHIN),
                RunId.derive("event", "template", "template-db", name),
                new CommitId("c".repeat(40)),
                () -> {});
        return new Made(store, template, file);
    }

    private static TemplateStore store(Bench bench, LocalRegistry registry, String name) {
        Registry client =
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(30));
        return new TemplateStore(
                client, "bench/" + name + "/template-db/main", bench.directory().resolve("scratch"));
    }

    private static double seconds(Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static void command(Path folder, String... line) throws IOException {
        Command.Output output = new Command(List.of(line), folder, Map.of(), WITHIN, MIB).run();
        if (output.exitCode() != 0) {
            throw new IOException(line[0] + " ended with " + output.exitCode() + ": " + output.error());
        }
    }
}
