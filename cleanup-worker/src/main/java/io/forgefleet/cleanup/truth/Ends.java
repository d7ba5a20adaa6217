package io.forgefleet.cleanup.truth;

import io.forgefleet.cleanup.rule.Where;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.EventRecords;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Since when pull requests and branches are over: by the broker's time of the event that said so, else from the first time that
 * a cleanup saw it, as far as this process lives. Later than it was, never earlier. That one is over the forge alone says.
 */
public final class Ends implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ends.class);
    private static final int MOST = 100_000;
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private final Map<Where, Instant> ends = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Where, Instant> eldest) {
            return size() > MOST;
        }
    };
    private final Map<RepositoryId, Long> heard = new HashMap<>();
    private final Consumer<RepositoryId> onEnd;
    private final List<TopicReader> readers;

    /**
     * Starts reading events.
     *
     * @param onEnd told whose pull request or branch is over, on a reading thread
     */
    public Ends(KafkaSettings kafka, Consumer<RepositoryId> onEnd) {
        this.onEnd = onEnd;
        this.readers = List.of(
                new TopicReader(kafka.consumer(), kafka.topic(Topic.PULL_REQUEST), this::read),
                new TopicReader(kafka.consumer(), kafka.topic(Topic.PUSH), this::read));
    }

    /** Waits until all events are read that were there before the call. */
    public void catchUp() throws InterruptedException, TimeoutException {
        for (TopicReader reader : readers) {
            reader.catchUp(CATCH_UP);
        }
    }

    /** How many events of a repository were read so far, of branches and pull requests. */
    public synchronized long heard(RepositoryId repository) {
        return heard.getOrDefault(repository, 0L);
    }

    /** Of what the forge says to be over. */
    synchronized Instant since(Where where, Instant now) {
        Instant known = ends.putIfAbsent(where, now);
        return known == null ? now : known;
    }

    /** Of what the forge says to be there: it ends anew one day. */
    synchronized void live(Where where) {
        ends.remove(where);
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        ForgeEvent event;
        try {
            event = EventRecords.decode(entry);
        } catch (MalformedRecordException e) {
            LOG.debug("{}-{}@{} ends nothing: {}", entry.topic(), entry.partition(), entry.offset(), e.getMessage());
            return;
        }
        Instant at = Instant.ofEpochMilli(entry.timestamp());
        switch (event) {
            case PullRequestEvent request ->
                enter(
                        new Where(event.repository(), request.number(), null),
                        request.action().ends(),
                        at);
            case PushEvent push ->
                enter(
                        new Where(event.repository(), null, push.ref().value()),
                        push.change() == PushEvent.Change.DELETED,
                        at);
            default -> {}
        }
    }

    private void enter(Where where, boolean over, Instant at) {
        synchronized (this) {
            heard.merge(where.repository(), 1L, Long::sum);
            ends.remove(where);
            if (over) {
                ends.put(where, at);
            }
        }
        if (over) {
            onEnd.accept(where.repository());
        }
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
    }
}
