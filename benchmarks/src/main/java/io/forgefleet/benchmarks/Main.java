package io.forgefleet.benchmarks;

import io.forgefleet.benchmarks.cleanup.CleanupBenchmark;
import io.forgefleet.benchmarks.fleet.BuildStartBenchmark;
import io.forgefleet.benchmarks.fleet.CancelBenchmark;
import io.forgefleet.benchmarks.fleet.ImagesBenchmark;
import io.forgefleet.benchmarks.fleet.ReleaseBenchmark;
import io.forgefleet.benchmarks.fleet.WholeBuildBenchmark;
import io.forgefleet.benchmarks.intake.IntakeBenchmark;
import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Machine;
import io.forgefleet.benchmarks.measure.Scratch;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.benchmarks.micro.MicroBenchmark;
import io.forgefleet.benchmarks.queue.KilledWorkerBenchmark;
import io.forgefleet.benchmarks.queue.QueueBenchmark;
import io.forgefleet.benchmarks.service.StartBenchmark;
import io.forgefleet.benchmarks.template.TemplateBenchmark;
import io.forgefleet.benchmarks.verify.VerifyBenchmark;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code benchmarks/run} starts: one benchmark, one table. Exits with 1 where it could not be measured. */
public final class Main {

    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.ofEntries(
            Map.entry("P1", new IntakeBenchmark()),
            Map.entry("P2", new WholeBuildBenchmark()),
            Map.entry("P3", new BuildStartBenchmark()),
            Map.entry("P6", new QueueBenchmark()),
            Map.entry("P7", new KilledWorkerBenchmark()),
            Map.entry("P8", new StartBenchmark()),
            Map.entry("images", new ImagesBenchmark()),
            Map.entry("cancel", new CancelBenchmark()),
            Map.entry("templates", new TemplateBenchmark()),
            Map.entry("verify", new VerifyBenchmark()),
            Map.entry("release", new ReleaseBenchmark()),
            Map.entry("cleanup", new CleanupBenchmark()),
            Map.entry("jmh", new MicroBenchmark())));

    private Main() {}

    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        Benchmark benchmark = words.isEmpty() ? null : BENCHMARKS.get(words.getFirst());
        if (benchmark == null) {
            System.err.println("one of these was expected: " + BENCHMARKS.keySet());
            System.exit(2);
            return;
        }
        Bench bench = new Bench(words.contains("--quick"), Scratch.create());
        String machine = Machine.describe();
        long began = System.nanoTime();
        try {
            List<Figure> figures = benchmark.measure(bench);
            System.out.println();
            System.out.println(words.getFirst() + " on " + machine + " before the start"
                    + (bench.quick() ? "; a try only, its figures mean little" : ""));
            System.out.println();
            System.out.print(Table.of(figures));
            System.out.println();
            System.out.println(Table.text("took %.0f s", (System.nanoTime() - began) / 1e9));
        } catch (Exception e) {
            System.err.println(words.getFirst() + " could not be measured");
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }
}
