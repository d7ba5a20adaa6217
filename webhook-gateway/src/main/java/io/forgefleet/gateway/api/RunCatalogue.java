package io.forgefleet.gateway.api;

import io.forgefleet.events.EventId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The runs that can be shown: all that {@link RunStates} remembers, the most recently changed {@value #MOST_WHOLE} with
 * their steps. Thread-safe.
 */
public final class RunCatalogue implements AutoCloseable {

    private static final int MOST_WHOLE = 5_000;

    /** Newest first; runs that started at the same time have an order too, so that pages neither skip nor repeat. */
    static final Comparator<RunState> NEWEST_FIRST = Comparator.comparing(RunState::startedAt)
            .thenComparing(state -> state.run().value())
            .reversed();

    private final Map<RunId, RunState> whole = new LinkedHashMap<>();
    private final RunStates states;

    /** Starts reading. */
    public RunCatalogue(KafkaSettings kafka) {
        states = new RunStates(kafka, RunState::withoutSteps, this::remember);
    }

    private void remember(RunState state) {
        synchronized (whole) {
            whole.remove(state.run());
            whole.put(state.run(), state);
            if (whole.size() > MOST_WHOLE) {
                whole.remove(whole.keySet().iterator().next());
            }
        }
    }

    Optional<RunState> find(RunId run) {
        @Nullable RunState state;
        synchronized (whole) {
            state = whole.get(run);
        }
        return Optional.ofNullable(state == null ? states.get(run) : state);
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
