package io.forgefleet.runtime.projection;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest state of each run, as far as it is remembered: the most recently changed {@value #MOST_RUNS}. States of
 * lower epochs and revisions are ignored whenever they come. Thread-safe.
 */
public final class RunStates implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunStates.class);
    private static final int MOST_RUNS = 50_000;

    private final UnaryOperator<RunState> kept;
    private final Consumer<RunState> onChange;
    private final Map<RunId, RunState> states = new LinkedHashMap<>();
    private final TopicReader reader;

    /**
     * Starts reading.
     *
     * @param kept what of each state is kept in memory
     * @param onChange told of each newer state, on the reading thread
     */
    public RunStates(KafkaSettings kafka, UnaryOperator<RunState> kept, Consumer<RunState> onChange) {
        this.kept = kept;
        this.onChange = onChange;
        this.reader = new TopicReader(kafka.consumer(), kafka.topic(Topic.RUNS), this::read);
    }

    /** Keeps what workers need: all but the steps. */
    public static RunStates forWorkers(KafkaSettings kafka) {
        return new RunStates(kafka, RunState::withoutSteps, state -> {});
    }

    /** Waits until everything is read that was written before the call. */
    public void catchUp(Duration atMost) throws InterruptedException, TimeoutException {
        reader.catchUp(atMost);
    }

    /** Since when it reads without a break ({@link System#nanoTime}); null while it does not. */
    public @Nullable Long currentSince() {
        return reader.currentSince();
    }

    public synchronized @Nullable RunState get(RunId run) {
        return states.get(run);
    }

    /** A copy of all, the least recently changed first. */
    public synchronized List<RunState> all() {
        return new ArrayList<>(states.values());
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        if (entry.value() == null) {
            return;
        }
        RunState state;
        try {
            state = Json.read(entry.value(), RunState.class);
        } catch (MalformedRecordException e) {
            LOG.warn("a run state is skipped: {}", e.getMessage());
            return;
        }
        synchronized (this) {
            RunState before = states.get(state.run());
            if (before != null && !state.supersedes(before)) {
                return;
            }
            states.remove(state.run());
            states.put(state.run(), kept.apply(state));
            if (states.size() > MOST_RUNS) {
                states.remove(states.keySet().iterator().next());
            }
        }
        onChange.accept(state);
    }

    @Override
    public void close() {
        reader.close();
    }
}
