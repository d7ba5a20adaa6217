package io.forgefleet.benchmarks.queue;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.events.job.RunId;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.runtime.topic.TopicLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** P6: what the queue costs beside the work, and whether more processes do more of it at once. */
public final class QueueBenchmark implements Benchmark {

    private static final int QUEUED = 100;
    private static final double MOST_OVERHEAD = 5;
    private static final double LEAST_SPEED_UP = 3.8;
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** Runs for each process that do nothing, so that its JVM is no newcomer. */
    private static final int WARM_UP = 100;

    private static final int MANY_SLOTS = 8;
    private static final int RUNS_PER_SLOT = 6;
    private static final long LONG_MILLIS = 2000;

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (BrokerProcess kafka = bench.startBroker()) {
            figures.addAll(overhead(bench, kafka.bootstrap()));
            figures.addAll(speedUp(bench, kafka.bootstrap()));
            figures.addAll(beyondPartitions(bench, kafka.bootstrap()));
        }
        return figures;
    }

    /** The first repetition meets a JVM that has not worked yet. */
    private static List<Figure> overhead(Bench bench, String bootstrap) throws Exception {
        List<Double> seconds = new ArrayList<>();
        try (TrialQueue queue = new TrialQueue(bench, bootstrap, "p6-trivial.", TopicLayout.DEFAULT_PARTITIONS)) {
            queue.startWorker("worker", 2, 0);
            queue.awaitSlots(2);
            for (int i = 0; i < bench.size(5, 2); i++) {
                bench.say(QUEUED + " runs that do nothing, 2 slots");
                seconds.add(work(queue, QUEUED).seconds());
            }
        }
        Samples all = Samples.of(seconds);
        return List.of(
                Figure.of(
                        QUEUED + " runs that do nothing, 2 slots, worst of " + all.count(),
                        Table.text("%.2f s", all.most()),
                        "≤ 5 s",
                        all.most() <= MOST_OVERHEAD),
                Figure.beside("… median", Table.text("%.2f s", all.median())));
    }

    private static List<Figure> speedUp(Bench bench, String bootstrap) throws Exception {
        int runs = bench.size(80, 16);
        Work one = sleeping(bench, bootstrap, 1, runs);
        Work four = sleeping(bench, bootstrap, 4, runs);
        double speedUp = one.seconds() / four.seconds();
        return List.of(
                Figure.of(
                        "1 → 4 worker processes of 1 slot, " + runs + " runs that sleep 1 s",
                        Table.text("%.2f ×", speedUp),
                        "≥ 3.8 ×",
                        speedUp >= LEAST_SPEED_UP),
                Figure.beside("… 1 process", Table.text("%.2f s", one.seconds())),
                Figure.beside("… 4 processes", Table.text("%.2f s", four.seconds())),
                Figure.beside("… runs of each of the 4", four.shares().toString()));
    }

    private static Work sleeping(Bench bench, String bootstrap, int processes, int runs) throws Exception {
        String prefix = "p6-sleep-" + processes + ".";
        try (TrialQueue queue = new TrialQueue(bench, bootstrap, prefix, TopicLayout.DEFAULT_PARTITIONS)) {
            for (int i = 1; i <= processes; i++) {
                queue.startWorker("worker-" + i, 1, 1000);
            }
            queue.awaitSlots(processes);
            queue.watch().awaitEnded(queue.publishQuick(bench.size(WARM_UP, 10) * processes), LONGEST);
            bench.say(runs + " runs that sleep 1 s, worker processes: " + processes);
            return work(queue, runs);
        }
    }

    private static List<Figure> beyondPartitions(Bench bench, String bootstrap) throws Exception {
        try (TrialQueue queue = new TrialQueue(bench, bootstrap, "p6-many.", TopicLayout.DEFAULT_PARTITIONS)) {
            queue.startWorker("worker-1", MANY_SLOTS / 2, LONG_MILLIS);
            queue.startWorker("worker-2", MANY_SLOTS / 2, LONG_MILLIS);
            queue.awaitSlots(MANY_SLOTS);
            bench.say(MANY_SLOTS + " slots on one partition");
            long began = System.nanoTime();
            List<RunId> runs = queue.publish(MANY_SLOTS * RUNS_PER_SLOT);
            queue.watch().awaitEnded(runs, LONGEST);
            int busy = queue.watch().mostAtOnce(runs);
            double allBusy = (queue.watch().beginnings(runs).get(MANY_SLOTS - 1) - began) / 1e9;
            return List.of(
                    Figure.of(
                            "busy of " + MANY_SLOTS + " slots in 2 processes on one partition",
                            Integer.toString(busy),
                            "all " + MANY_SLOTS,
                            busy == MANY_SLOTS),
                    Figure.beside(
                            "… queued → the run number " + MANY_SLOTS + " started", Table.text("%.2f s", allBusy)));
        }
    }

    /**
     * How queued runs were worked on.
     *
     * @param seconds from before the first event was published to when the last run's outcome was durable
     * @param shares how many runs each worker did
     */
    private record Work(double seconds, List<Long> shares) {}

    private static Work work(TrialQueue queue, int events) throws Exception {
        long began = System.nanoTime();
        List<RunId> runs = queue.publish(events);
        double seconds = (queue.watch().awaitEnded(runs, LONGEST) - began) / 1e9;
        return new Work(seconds, queue.watch().shares(runs));
    }
}
