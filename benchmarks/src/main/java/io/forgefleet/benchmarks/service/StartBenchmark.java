package io.forgefleet.benchmarks.service;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.host.broker.BrokerProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** P8: how long each service takes from its start to ready, and what it holds when idle; with an AOT cache and without. */
public final class StartBenchmark implements Benchmark {

    private static final double MOST_SECONDS = 2;
    private static final double MOST_MIB = 150;

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (BrokerProcess kafka = bench.startBroker()) {
            FleetFile fleet = new FleetFile(
                    kafka.bootstrap(),
                    "forgejo",
                    "local",
                    URI.create("http://127.0.0.1:1"),
                    "127.0.0.1:1",
                    FleetFile.ENGINE,
                    2);
            for (Program program : Program.values()) {
                figures.addAll(measure(bench, program, fleet));
            }
        }
        return figures;
    }

    private static List<Figure> measure(Bench bench, Program program, FleetFile fleet) throws Exception {
        Path cache = bench.directory().resolve(program.module() + ".aot");
        bench.say(program.module() + ": training run, which makes the AOT cache");
        try (RunningService trained = start(bench, program, fleet, List.of("-XX:AOTCacheOutput=" + cache))) {
            String said = trained.finish();
            if (!Files.exists(cache)) {
                throw new IllegalStateException(
                        "the training run of " + program.module() + " left no cache, and said at last:\n" + said);
            }
        }
        List<Figure> figures = new ArrayList<>();
        figures.addAll(measure(bench, program, fleet, "", List.of()));
        figures.addAll(measure(bench, program, fleet, ", AOT cache", List.of("-XX:AOTCache=" + cache)));
        return figures;
    }

    private static List<Figure> measure(Bench bench, Program program, FleetFile fleet, String how, List<String> options)
            throws Exception {
        List<Double> seconds = new ArrayList<>();
        double idle = 0;
        int starts = bench.size(5, 2);
        for (int i = 0; i < starts; i++) {
            bench.say(program.module() + how + ": start " + (i + 1) + " of " + starts);
            try (RunningService service = start(bench, program, fleet, options)) {
                seconds.add(service.startup().toNanos() / 1e9);
                if (i == starts - 1) {
                    Thread.sleep(bench.size(20, 2) * 1000L);
                    idle = service.residentMiB();
                }
            }
        }
        Samples all = Samples.of(seconds);
        String what = program.module() + how;
        String start = what + ": start to ready, median of " + all.count();
        String took = Table.text("%.2f s", all.median());
        String memory = what + ": RSS, idle";
        String holds = Table.text("%.0f MiB", idle);
        return options.isEmpty()
                ? List.of(Figure.beside(start, took), Figure.beside(memory, holds))
                : List.of(
                        Figure.of(start, took, "≤ 2 s", all.median() <= MOST_SECONDS),
                        Figure.of(memory, holds, "≤ 150 MB", idle * 1.048576 <= MOST_MIB));
    }

    private static RunningService start(Bench bench, Program program, FleetFile fleet, List<String> options)
            throws InterruptedException {
        Map<String, String> variables = FleetFile.secrets("only-for-starting", "none");
        return RunningService.start(bench, program, program.module(), fleet, options, variables);
    }
}
