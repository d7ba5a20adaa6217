package io.forgefleet.benchmarks.queue;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What runs did and when, by this process's clock at the moment when it read so from Kafka. Thread-safe. */
final class RunWatch {

    /**
     * A state of a run.
     *
     * @param nanos {@link System#nanoTime} when it was read
     */
    record Seen(RunState state, long nanos) {

        boolean isAtWork() {
            return state.phase() == RunState.Phase.RUNNING
                    && state.steps().stream().anyMatch(step -> step.name().equals(TrialQueue.STEP));
        }
    }

    private final Map<RunId, List<Seen>> seen = new HashMap<>();

    synchronized void saw(RunState state) {
        seen.computeIfAbsent(state.run(), run -> new ArrayList<>()).add(new Seen(state, System.nanoTime()));
        notifyAll();
    }

    /** Waits until the run was seen so. */
    synchronized Seen await(RunId run, Predicate<Seen> wanted, Duration atMost)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            for (Seen state : seen.getOrDefault(run, List.of())) {
                if (wanted.test(state)) {
                    return state;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException("run " + run + " did not get so far within " + atMost);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Waits until all of these have ended for good, and returns when the last of them did. */
    long awaitEnded(Collection<RunId> runs, Duration atMost) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long last = Long.MIN_VALUE;
        for (RunId run : runs) {
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            last = Math.max(
                    last, await(run, state -> state.state().isFinal(), left).nanos());
        }
        return last;
    }

    /** When work began on each of these, in order of time. */
    synchronized List<Long> beginnings(Collection<RunId> runs) {
        return moments(runs, Seen::isAtWork);
    }

    /** How many of these each worker ended, the busiest first. */
    synchronized List<Long> shares(Collection<RunId> runs) {
        return runs.stream()
                .flatMap(run -> seen.getOrDefault(run, List.of()).stream())
                .map(Seen::state)
                .filter(RunState::isFinal)
                .collect(Collectors.groupingBy(RunState::worker, Collectors.counting()))
                .values()
                .stream()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** How many of these were at work at the same time, at most. */
    synchronized int mostAtOnce(Collection<RunId> runs) {
        List<Long> beginnings = moments(runs, Seen::isAtWork);
        List<Long> ends = moments(runs, state -> state.state().isFinal());
        int most = 0;
        int ended = 0;
        for (int begun = 1; begun <= beginnings.size(); begun++) {
            while (ended < ends.size() && ends.get(ended) <= beginnings.get(begun - 1)) {
                ended++;
            }
            most = Math.max(most, begun - ended);
        }
        return most;
    }

    private List<Long> moments(Collection<RunId> runs, Predicate<Seen> wanted) {
        return runs.stream()
                .flatMap(run -> seen.getOrDefault(run, List.of()).stream()
                        .filter(wanted)
                        .limit(1)
                        .map(Seen::nanos))
                .sorted()
                .toList();
    }
}
