package io.forgefleet.gateway.replay;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.EventRecords;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest events of all gateways, {@value #MOST_EVENTS} at most, and where to read them whole again. Thread-safe.
 */
public final class EventIndex implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventIndex.class);
    private static final int MOST_EVENTS = 100_000;
    private static final List<Topic> TOPICS = List.of(Topic.PUSH, Topic.PULL_REQUEST, Topic.TAG);
    private static final Duration READ = Duration.ofSeconds(5);

    /** While many events come they are read in large pieces: a fetch for every few would cost the broker more than they do. */
    private static final Map<String, Object> IN_PIECES =
            Map.of(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 256 * 1024, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);

    private final KafkaSettings kafka;
    /** Read without a lock, since event loops ask it. */
    private final Map<EventId, IndexedEvent> events = new ConcurrentHashMap<>();

    private final Queue<IndexedEvent> oldestFirst = new PriorityQueue<>(Comparator.comparing(IndexedEvent::at));
    private final List<TopicReader> readers;

    /** Starts reading. */
    public EventIndex(KafkaSettings kafka) {
        this.kafka = kafka;
        Map<String, Object> settings = new HashMap<>(kafka.consumer());
        settings.putAll(IN_PIECES);
        this.readers = TOPICS.stream()
                .map(topic -> new TopicReader(settings, kafka.topic(topic), this::read))
                .toList();
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        try {
            ForgeEvent event = EventRecords.decode(entry);
            add(IndexedEvent.of(event, new TopicPartition(entry.topic(), entry.partition()), entry.offset()));
        } catch (MalformedRecordException e) {
            LOG.warn("{}-{}@{} is skipped: {}", entry.topic(), entry.partition(), entry.offset(), e.getMessage());
        }
    }

    private synchronized void add(IndexedEvent event) {
        if (events.putIfAbsent(event.id(), event) == null) {
            oldestFirst.add(event);
            if (oldestFirst.size() > MOST_EVENTS) {
                IndexedEvent oldest = oldestFirst.remove();
                events.remove(oldest.id());
            }
        }
    }

    /** Whether an event has been published, as far as this process has read; never blocks. */
    public boolean knows(EventId event) {
        return events.containsKey(event);
    }

    public Optional<IndexedEvent> find(EventId event) {
        return Optional.ofNullable(events.get(event));
    }

    /** Those that match, the newest first. */
    public List<IndexedEvent> find(Predicate<IndexedEvent> matching) {
        return events.values().stream()
                .filter(matching)
                .sorted(Comparator.comparing(IndexedEvent::at).reversed())
                .toList();
    }

    /** The head of a pull request by the newest event that tells it, as far as this process has read. */
    public Optional<CommitId> headOf(RepositoryId repository, long pullRequest) {
        return events.values().stream()
                .filter(event -> event.pullRequest() != null
                        && event.pullRequest() == pullRequest
                        && event.commit() != null
                        && event.repository().equals(repository))
                .max(Comparator.comparing(IndexedEvent::at))
                .map(IndexedEvent::commit);
    }

    /**
     * Reads an event whole.
     *
     * @throws TimeoutException when Kafka does not give it in time, or no longer has it
     */
    public ForgeEvent load(IndexedEvent event) throws TimeoutException {
        return load(List.of(event)).getFirst();
    }

    /** As {@link #load(IndexedEvent)}, for several; in their order. */
    List<ForgeEvent> load(List<IndexedEvent> wanted) throws TimeoutException {
        Map<String, Object> settings = new HashMap<>(kafka.consumer());
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 64 * 1024);
        List<ForgeEvent> loaded = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings)) {
            for (IndexedEvent event : wanted) {
                consumer.assign(List.of(event.partition()));
                consumer.seek(event.partition(), event.offset());
                loaded.add(load(consumer, event));
            }
        }
        return loaded;
    }

    private static ForgeEvent load(KafkaConsumer<String, byte[]> consumer, IndexedEvent event) throws TimeoutException {
        long deadline = System.nanoTime() + READ.toNanos();
        while (System.nanoTime() - deadline < 0) {
            for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
                if (entry.offset() != event.offset()) {
                    throw new TimeoutException("event " + event.id() + " has left its topic");
                }
                try {
                    return EventRecords.decode(entry);
                } catch (MalformedRecordException e) {
                    throw new IllegalStateException("event " + event.id() + " was readable before", e);
                }
            }
        }
        throw new TimeoutException("event " + event.id() + " could not be read from Kafka within " + READ);
    }

    /** Waits until everything is read that was written before the call. */
    public void catchUp(Duration atMost) throws InterruptedException, TimeoutException {
        for (TopicReader reader : readers) {
            reader.catchUp(atMost);
        }
    }

    /** Whether all that was published is known here. */
    public boolean isCurrent() {
        return readers.stream().allMatch(reader -> reader.currentSince() != null);
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
    }
}
