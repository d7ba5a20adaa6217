package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.host.engine.LocalEngine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two images of one Python project: by the fleet, by {@code docker buildx bake} with registry caches written by hand, and by two
 * builds one after another. Each on an engine that has just been made, so that all that is warm comes from the registry.
 */
public final class ImagesBenchmark implements Benchmark {

    private static final double LEAST_WARM_FACTOR = 10;
    private static final double MOST_OVER_COLD_PERCENT = 3;
    private static final double MOST_OVER_WARM_SECONDS = 0.5;
    private static final double MOST_OF_TWO = 0.65;
    private static final double MOST_HIT_SECONDS = 1;

    /** What was measured so far. */
    private static final class Seconds {
        private final Map<Row, List<Double>> all = new EnumMap<>(Row.class);

        void add(Row row, double seconds) {
            all.computeIfAbsent(row, any -> new ArrayList<>()).add(seconds);
        }

        Samples of(Row row) {
            return Samples.of(all.getOrDefault(row, List.of()));
        }
    }

    private enum Row {
        BAKE_COLD("bake by hand, cold"),
        BAKE_WARM("bake by hand, warm on a new engine"),
        FLEET_COLD("fleet, cold"),
        FLEET_WARM("fleet, warm on a new engine"),
        TWO_COLD("two builds, each cold"),
        CI_IMAGE("CI image that is there, webhook to status");

        private final String words;

        Row(String words) {
            this.words = words;
        }
    }

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        Optional<String> missing = FleetSite.missing(bench)
                .or(LocalEngine::obstacle)
                .or(() -> new Shell(bench.directory()).works("debootstrap", "--version")
                        ? Optional.empty()
                        : Optional.of("no debootstrap (apt-get install debootstrap)"));
        if (missing.isPresent()) {
            return List.of(Figure.skipped("two images of a Python project", missing.get()));
        }
        Seconds seconds = new Seconds();
        try (FreshEngine engine = new FreshEngine(bench.directory().resolve("e"));
                FleetSite site = new FleetSite(bench, System.getenv("PATH"), engine.endpoint())) {
            bench.say("making a base image");
            Shell shell = new Shell(bench.directory());
            PythonProject project = PythonProject.onDebian(shell, bench.directory(), site.registry());
            for (int i = 1; i <= bench.size(2, 1); i++) {
                if (i % 2 == 1) {
                    bake(bench, engine, site, project, i, seconds);
                    fleet(bench, engine, site, project, i, seconds);
                } else {
                    fleet(bench, engine, site, project, i, seconds);
                    bake(bench, engine, site, project, i, seconds);
                }
            }
            two(bench, engine, site, project, seconds);
            ciImage(bench, site, project, seconds);
        }
        return figures(seconds);
    }

    private static List<Figure> figures(Seconds seconds) {
        List<Figure> figures = new ArrayList<>();
        for (Row row : Row.values()) {
            Samples samples = seconds.of(row);
            figures.add(Figure.beside(
                    Table.text(
                            "%s, median of %d (%.1f–%.1f s)",
                            row.words, samples.count(), samples.least(), samples.most()),
                    Table.text("%.2f s", samples.median())));
        }
        double fleetCold = seconds.of(Row.FLEET_COLD).median();
        double fleetWarm = seconds.of(Row.FLEET_WARM).median();
        double factor = fleetCold / fleetWarm;
        double cold = 100 * (fleetCold / seconds.of(Row.BAKE_COLD).median() - 1);
        double warm = fleetWarm - seconds.of(Row.BAKE_WARM).median();
        double ofTwo = fleetCold / seconds.of(Row.TWO_COLD).median();
        figures.add(
                Figure.of("fleet, cold ÷ warm", Table.text("%.1f ×", factor), "≥ 10 ×", factor >= LEAST_WARM_FACTOR));
        figures.add(Figure.of(
                "fleet over bake, cold", Table.text("%+.1f %%", cold), "≤ 3 %", cold <= MOST_OVER_COLD_PERCENT));
        figures.add(Figure.of(
                "fleet over bake, warm", Table.text("%+.2f s", warm), "≤ 0.5 s", warm <= MOST_OVER_WARM_SECONDS));
        figures.add(Figure.of(
                "both images at once ÷ two builds", Table.text("%.2f ×", ofTwo), "≤ 0.65 ×", ofTwo <= MOST_OF_TWO));
        double hit = seconds.of(Row.CI_IMAGE).median();
        figures.add(Figure.of("CI image hit", Table.text("%.2f s", hit), "≤ 1 s", hit <= MOST_HIT_SECONDS));
        return figures;
    }

    /** One that a branch has built, asked for by pushes that change none of its inputs. */
    private static void ciImage(Bench bench, FleetSite site, PythonProject project, Seconds seconds) throws Exception {
        bench.say(Row.CI_IMAGE.words);
        WorkingCopy copy = site.repository("ci");
        project.writeCiImage(copy.directory());
        site.push(copy, "feature", FleetSite.CI_IMAGE);
        for (int i = 1; i <= bench.size(10, 2); i++) {
            copy.write("README.md", "commit " + i);
            seconds.add(
                    Row.CI_IMAGE, site.push(copy, "feature", FleetSite.CI_IMAGE).seconds());
        }
    }

    private static void fleet(
            Bench bench, FreshEngine engine, FleetSite site, PythonProject project, int number, Seconds seconds)
            throws Exception {
        WorkingCopy copy = site.repository("fleet-" + number);
        project.write(copy.directory(), "fleet " + System.nanoTime());
        for (Row row : List.of(Row.FLEET_COLD, Row.FLEET_WARM)) {
            bench.say(row.words + ", " + number);
            engine.renew();
            Files.writeString(copy.directory().resolve("README.md"), row.words);
            seconds.add(row, site.push(copy, "feature").seconds());
        }
    }

    private static void bake(
            Bench bench, FreshEngine engine, FleetSite site, PythonProject project, int number, Seconds seconds)
            throws Exception {
        Path context = Files.createDirectory(bench.directory().resolve("bake-" + number));
        project.write(context, "bake " + System.nanoTime());
        StringBuilder targets = new StringBuilder();
        for (String name : List.of("cli", "server")) {
            String image = site.registry() + "/bake/" + number + "/" + name;
            targets.append(targets.isEmpty() ? "" : ",").append("""
                    "%s": {"context": ".", "dockerfile": "Dockerfile.%s", "tags": ["%s:1"],
                      "cache-from": ["type=registry,ref=%s:cache"],
                      "cache-to": ["type=registry,ref=%s:cache,mode=max,image-manifest=true,oci-mediatypes=true"],
                      "output": ["type=registry,oci-mediatypes=true"]}
                    """.formatted(name, name, image, image, image));
        }
        Path definition = Files.writeString(
                bench.directory().resolve("bake-" + number + ".json"), "{\"target\": {" + targets + "}}");
        for (Row row : List.of(Row.BAKE_COLD, Row.BAKE_WARM)) {
            bench.say(row.words + ", " + number);
            engine.renew();
            Files.writeString(context.resolve("README.md"), row.words);
            Shell shell = new Shell(context)
                    .with(Map.of("DOCKER_HOST", engine.endpoint().toString()));
            long began = System.nanoTime();
            shell.run("docker", "buildx", "bake", "--provenance=false", "-f", definition.toString(), "cli", "server");
            seconds.add(row, (System.nanoTime() - began) / 1e9);
        }
    }

    private static void two(Bench bench, FreshEngine engine, FleetSite site, PythonProject project, Seconds seconds)
            throws Exception {
        Path context = Files.createDirectory(bench.directory().resolve("two"));
        project.write(context, "two " + System.nanoTime());
        double sum = 0;
        for (String name : List.of("cli", "server")) {
            bench.say(Row.TWO_COLD.words + ", " + name);
            engine.renew();
            Shell shell = new Shell(context)
                    .with(Map.of("DOCKER_HOST", engine.endpoint().toString()));
            long began = System.nanoTime();
            shell.run(
                    "docker",
                    "buildx",
                    "build",
                    "--provenance=false",
                    "--push",
                    "-f",
                    "Dockerfile." + name,
                    "-t",
                    site.registry() + "/two/" + name + ":1",
                    ".");
            sum += (System.nanoTime() - began) / 1e9;
        }
        seconds.add(Row.TWO_COLD, sum);
    }

    /** One engine at one address, which can be made anew. */
    private static final class FreshEngine implements AutoCloseable {

        private final Path folder;
        private volatile LocalEngine engine;

        FreshEngine(Path folder) throws InterruptedException {
            this.folder = folder;
            this.engine = LocalEngine.start(folder, List.of());
            // its mounts outlive it where nobody takes them down, also at Ctrl-C
            Runtime.getRuntime().addShutdownHook(new Thread(() -> engine.close()));
        }

        URI endpoint() {
            return engine.endpoint();
        }

        void renew() throws IOException, InterruptedException {
            engine.close();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
            engine = LocalEngine.start(folder, List.of());
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
