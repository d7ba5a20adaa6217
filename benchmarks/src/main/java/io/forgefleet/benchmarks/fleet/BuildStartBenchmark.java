package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * P3: from the moment when the forge begins to send a webhook to the start of {@code docker buildx build} on an idle
 * worker. The worker finds a script called {@code docker} first on its {@code PATH}, which notes the time and becomes the
 * real one: what the script itself takes until then (a shell and {@code date}) counts as the fleet's.
 */
public final class BuildStartBenchmark implements Benchmark {

    private static final double MOST_P50_MILLIS = 50;
    private static final double MOST_P99_MILLIS = 250;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final long REST_MILLIS = 50;

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        Optional<String> missing = FleetSite.missing(bench);
        if (missing.isPresent()) {
            return List.of(Figure.skipped("webhook → buildx", missing.get()));
        }
        Path starts = bench.directory().resolve("starts");
        Files.createFile(starts);
        Path scripts = script(bench, starts);
        try (FleetSite site = new FleetSite(bench, scripts + ":" + System.getenv("PATH"))) {
            return figures(measure(bench, site, starts));
        }
    }

    private static Path script(Bench bench, Path starts) throws IOException {
        Path docker = Program.onPath("docker").orElseThrow();
        Path folder = Files.createDirectory(bench.directory().resolve("first-on-path"));
        Path script = folder.resolve("docker");
        Files.writeString(script, """
                #!/bin/sh
                [ "$1 $2" != "buildx bake" ] || date +%%s%%N >>'%s'
                exec '%s' "$@"
                """.formatted(starts, docker));
        if (!script.toFile().setExecutable(true)) {
            throw new IOException(script + " could not be made executable");
        }
        return folder;
    }

    /** One push after the other, each when the build before has ended. The first is not counted: it fills caches. */
    private static List<Double> measure(Bench bench, FleetSite site, Path starts) throws Exception {
        WorkingCopy copy = site.repository("app");
        copy.write("Dockerfile", "FROM scratch\nCOPY content /content\n");
        int events = bench.size(200, 5);
        bench.say(events + " pushes, one after the other");
        List<Double> millis = new ArrayList<>();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        int seen = 0;
        for (int i = 0; i <= events && System.nanoTime() < deadline; i++) {
            copy.write("content", "content " + i + "\n");
            FleetSite.Push push = site.push(copy, "feature-" + i);
            List<String> lines = Files.readAllLines(starts);
            if (lines.size() <= seen) {
                throw new IllegalStateException("push " + (i + 1) + " made no build");
            }
            // what follows within the same run writes its caches
            long start = Long.parseLong(lines.get(seen));
            seen = lines.size();
            Instant began = Instant.ofEpochSecond(start / 1_000_000_000, start % 1_000_000_000);
            if (i > 0) {
                millis.add(Duration.between(push.sent(), began).toNanos() / 1e6);
            }
            Thread.sleep(REST_MILLIS);
        }
        return millis;
    }

    private static List<Figure> figures(List<Double> measured) {
        Samples millis = Samples.of(measured);
        double p50 = millis.median();
        double p99 = millis.percentile(99);
        return List.of(
                Figure.of(
                        "webhook sent → buildx started, " + millis.count() + " events: p50",
                        Table.text("%.0f ms", p50),
                        "≤ 50 ms",
                        p50 <= MOST_P50_MILLIS),
                Figure.of("… p99", Table.text("%.0f ms", p99), "≤ 250 ms", p99 <= MOST_P99_MILLIS),
                Figure.beside("… least · most", Table.text("%.0f · %.0f ms", millis.least(), millis.most())));
    }
}
