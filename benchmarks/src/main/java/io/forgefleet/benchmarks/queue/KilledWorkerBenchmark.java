package io.forgefleet.benchmarks.queue;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.events.job.RunId;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.runtime.topic.TopicLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** P7: how long a run stands still whose worker process was killed with -9, with the fleet's default intervals. */
public final class KilledWorkerBenchmark implements Benchmark {

    private static final double MOST = 20;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** Longer than the longest of the pauses below. */
    private static final long SLEEP_MILLIS = 8000;

    /** From a run's start to the kill: claims are renewed each 5 s, and the time since the last one decides. */
    private static final List<Long> KILL_AFTER_MILLIS = List.of(1000L, 2500L, 4000L, 5300L, 6500L);

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        List<Double> seconds = new ArrayList<>();
        try (BrokerProcess kafka = bench.startBroker();
                TrialQueue queue = new TrialQueue(bench, kafka.bootstrap(), "p7.", TopicLayout.DEFAULT_PARTITIONS)) {
            Map<String, ManagedProcess> workers = new HashMap<>();
            for (int i = 0; i < bench.size(KILL_AFTER_MILLIS.size(), 1); i++) {
                for (int number = i; workers.size() < 2; number++) {
                    String name = "worker-" + i + "-" + number;
                    workers.put(name, queue.startWorker(name, 1, SLEEP_MILLIS));
                }
                queue.awaitSlots(2);
                seconds.add(kill(bench, queue, workers, KILL_AFTER_MILLIS.get(i)));
            }
        }
        Samples all = Samples.of(seconds);
        return List.of(
                Figure.of(
                        "worker killed with -9 → its run works elsewhere, worst of " + all.count(),
                        Table.text("%.2f s", all.most()),
                        "≤ 20 s",
                        all.most() <= MOST),
                Figure.beside("… median", Table.text("%.2f s", all.median())),
                Figure.beside("… least", Table.text("%.2f s", all.least())));
    }

    private static double kill(Bench bench, TrialQueue queue, Map<String, ManagedProcess> workers, long afterMillis)
            throws Exception {
        RunId run = queue.publish(1).getFirst();
        RunWatch.Seen first = queue.watch().await(run, RunWatch.Seen::isAtWork, LONGEST);
        String name = first.state().worker();
        Thread.sleep(afterMillis);
        ManagedProcess worker = workers.remove(name);
        if (worker == null) {
            throw new IllegalStateException("a run says that it is done by " + name + ", which was not started here");
        }
        bench.say(name + " is killed " + afterMillis + " ms after it began");
        long killed = System.nanoTime();
        worker.kill();
        long again = queue.watch()
                .await(
                        run,
                        seen -> seen.isAtWork()
                                && seen.state().epoch() > first.state().epoch(),
                        LONGEST)
                .nanos();
        queue.watch().awaitEnded(List.of(run), LONGEST);
        return (again - killed) / 1e9;
    }
}
