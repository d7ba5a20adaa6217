package io.forgefleet.benchmarks.micro;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs everything of this package under JMH. No targets: these figures explain others. */
public final class MicroBenchmark implements Benchmark {

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        Options options = new OptionsBuilder()
                .include("^" + MicroBenchmark.class.getPackageName().replace(".", "\\.") + "\\.")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(bench.size(2, 1))
                .warmupIterations(bench.size(5, 1))
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(bench.size(5, 1))
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs("-XX:+UseSerialGC", "-Xmx512m")
                .output(bench.directory().resolve("jmh.log").toString())
                .build();
        bench.say("JMH: about " + bench.size(120, 20) + " s");
        List<Figure> figures = new ArrayList<>();
        for (RunResult run : new Runner(options).run()) {
            Result<?> result = run.getPrimaryResult();
            double error = result.getScoreError();
            String spread = Double.isNaN(error) ? "" : Table.text(" ± %,.0f", error);
            figures.add(Figure.beside(
                    result.getLabel(), Table.text("%,.0f", result.getScore()) + spread + " " + result.getScoreUnit()));
        }
        return figures;
    }
}
