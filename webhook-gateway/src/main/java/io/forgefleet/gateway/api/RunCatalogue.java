package io.forgefleet.gateway.api;

import io.forgefleet.events.EventId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.Step;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The runs that can be shown: all that {@link RunStates} remembers, the most recently changed {@value #MOST_WHOLE} with
 * their steps, those of earlier claims included where the run has gone on from there. Thread-safe.
 */
public final class RunCatalogue implements AutoCloseable {

    private static final int MOST_WHOLE = 5_000;

    /** Newest first; runs that started at the same time have an order too, so that pages neither skip nor repeat. */
    static final Comparator<RunState> NEWEST_FIRST = Comparator.comparing(RunState::startedAt)
            .thenComparing(state -> state.run().value())
            .reversed();

    /** A run, and the steps of it before its newest claim. */
    private record Remembered(RunState state, List<Step> earlier) {

        /** The same run once more is known of it. */
        Remembered then(RunState next) {
            return new Remembered(next, next.epoch() == state.epoch() ? earlier : steps());
        }

        /** A step that is done again is there once, and one that was begun before took as long as it was waited for. */
        private List<Step> steps() {
            List<Step> all = new ArrayList<>(earlier);
            List<Step> now = new ArrayList<>(state.steps());
            if (!all.isEmpty() && !now.isEmpty()) {
                Step first = now.getFirst();
                int again = all.stream().map(Step::name).toList().indexOf(first.name());
                if (again >= 0) {
                    Step begun = all.get(again);
                    Instant started = begun.ended() == null ? begun.started() : first.started();
                    now.set(0, new Step(first.name(), started, first.ended(), first.failed(), first.detail()));
                    all.subList(again, all.size()).clear();
                }
            }
            all.addAll(now);
            if (state.phase() == RunState.Phase.PARKED && !all.isEmpty()) {
                Step last = all.removeLast();
                all.add(new Step(last.name(), last.started(), null, false, last.detail()));
            }
            return all.subList(Math.max(0, all.size() - RunState.MOST_STEPS), all.size());
        }

        RunState whole() {
            return state.withSteps(steps());
        }
    }

    private final Map<RunId, Remembered> whole = new LinkedHashMap<>();
    private final RunStates states;

    /** Starts reading. */
    public RunCatalogue(KafkaSettings kafka) {
        states = new RunStates(kafka, RunState::withoutSteps, this::remember);
    }

    private void remember(RunState state) {
        synchronized (whole) {
            Remembered known = whole.remove(state.run());
            whole.put(state.run(), known == null ? new Remembered(state, List.of()) : known.then(state));
            if (whole.size() > MOST_WHOLE) {
                whole.remove(whole.keySet().iterator().next());
            }
        }
    }

    Optional<RunState> find(RunId run) {
        @Nullable Remembered known;
        synchronized (whole) {
            known = whole.get(run);
        }
        return known == null ? Optional.ofNullable(states.get(run)) : Optional.of(known.whole());
    }

    /** At most {@code limit} runs that match, without their steps, the newest first. */
    List<RunState> find(RunFilter filter, int limit) {
        return states.all().stream()
                .filter(filter::matches)
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .toList();
    }

    List<RunState> ofEvent(EventId event) {
        return states.all().stream()
                .filter(state -> state.subject().event().equals(event))
                .sorted(NEWEST_FIRST)
                .toList();
    }

    /** What some run has told of a template database of a key. */
    Optional<PushedImage> template(String key) {
        return states.all().stream()
                .filter(state -> state.subject().kind().equals(WorkerKind.TEMPLATE))
                .flatMap(state -> state.images().stream())
                .filter(image -> image.tag().equals(key))
                .findFirst();
    }

    /** Waits until everything is read that was written before the call. */
    public void catchUp(Duration atMost) throws InterruptedException, TimeoutException {
        states.catchUp(atMost);
    }

    public boolean isCurrent() {
        return states.currentSince() != null;
    }

    @Override
    public void close() {
        states.close();
    }
}
