package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** From the webhook of a newer push to the end of the step that BuildKit runs for the older one. */
public final class CancelBenchmark implements Benchmark {

    private static final double MOST_SECONDS = 2;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 5;

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        Optional<String> missing = FleetSite.missing(bench);
        if (missing.isPresent()) {
            return List.of(Figure.skipped("newer push → older build idle", missing.get()));
        }
        List<Double> seconds = new ArrayList<>();
        try (FleetSite site = new FleetSite(bench, System.getenv("PATH"))) {
            WorkingCopy copy = site.repository("app");
            copy.copy(FleetSite.BUSYBOX);
            for (int i = 0; i < bench.size(10, 2); i++) {
                seconds.add(once(site, copy, "feature-" + i));
            }
        }
        Samples all = Samples.of(seconds);
        return List.of(
                Figure.of(
                        "newer push sent → step of the older build gone, worst of " + all.count(),
                        Table.text("%.2f s", all.most()),
                        "≤ 2 s",
                        all.most() <= MOST_SECONDS),
                Figure.beside("… median", Table.text("%.2f s", all.median())));
    }

    private static double once(FleetSite site, WorkingCopy copy, String branch) throws Exception {
        String sleep = Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000L, 2_000_000_000L));
        copy.write(
                "Dockerfile",
                "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"sleep\", \"" + sleep + "\"]\n");
        var unused = copy.push(branch);
        await(() -> runs(sleep));
        copy.write("Dockerfile", "FROM scratch\nCOPY busybox /bin/busybox\nLABEL newer=" + sleep + "\n");
        String newer = copy.push(branch);
        await(() -> !runs(sleep));
        Instant gone = Instant.now();
        return Duration.between(site.sent(newer), gone).toNanos() / 1e9;
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("nothing happened within " + LONGEST);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Seen from the engine's machine, whatever the engine itself thinks. */
    private static boolean runs(String seconds) {
        return ProcessHandle.allProcesses().anyMatch(process -> process.info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(seconds))
                .orElse(false));
    }
}
