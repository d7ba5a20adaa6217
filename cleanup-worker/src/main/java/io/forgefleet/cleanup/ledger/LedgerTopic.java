package io.forgefleet.cleanup.ledger;

import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** {@code fleet.images}, read into memory. */
public final class LedgerTopic implements Ledger, AutoCloseable {

    /** Of a tombstone that stands for nothing: what it is written for is the time that the broker stamps on it. */
    private static final String CLOCK = "clock";

    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private final String topic;
    private final KafkaProducer<String, byte[]> clock;
    private final RecordPublisher publisher;
    private final Map<String, Map<String, Entered>> byImage = new HashMap<>();
    private final Map<String, String> imageOfKey = new HashMap<>();
    private final Map<RepositoryId, Long> changes = new HashMap<>();
    private final Map<String, String> unreadable = new LinkedHashMap<>();
    private final Consumer<RepositoryId> onEntry;
    private final TopicReader reader;

    /** Starts reading. */
    public LedgerTopic(KafkaSettings kafka) {
        this(kafka, repository -> {});
    }

    /**
     * Starts reading.
     *
     * @param onEntry told whose ledger has something new, on the reading thread
     */
    public LedgerTopic(KafkaSettings kafka, Consumer<RepositoryId> onEntry) {
        this.onEntry = onEntry;
        this.topic = kafka.topic(Topic.IMAGES);
        this.clock = new KafkaProducer<>(kafka.producer());
        this.publisher = new RecordPublisher(kafka);
        this.reader = new TopicReader(kafka.consumer(), topic, this::read);
    }

    @Override
    public Instant catchUp() throws InterruptedException, TimeoutException {
        Instant now;
        try {
            now = Instant.ofEpochMilli(clock.send(new ProducerRecord<>(topic, CLOCK, null))
                    .get(CATCH_UP.toMillis(), TimeUnit.MILLISECONDS)
                    .timestamp());
        } catch (ExecutionException | KafkaException e) {
            throw new TimeoutException("the ledger's clock cannot be read: " + e.getMessage());
        }
        reader.catchUp(CATCH_UP);
        return now;
    }

    /** Entries that could not be read, with why; while there are any, nobody knows what the ledger says. */
    public synchronized Map<String, String> unreadable() {
        return Map.copyOf(unreadable);
    }

    /** Repositories that it has anything of. */
    public synchronized Set<RepositoryId> repositories() {
        Set<RepositoryId> all = new HashSet<>();
        byImage.values().forEach(entries -> entries.values()
                .forEach(entered -> all.add(entered.entry().repository())));
        return all;
    }

    /** How many entries it has of a repository. */
    public synchronized long size(RepositoryId repository) {
        return byImage.values().stream()
                .flatMap(entries -> entries.values().stream())
                .filter(entered -> entered.entry().repository().equals(repository))
                .count();
    }

    /** How many changes of a repository's entries were read so far; the same number means that there was none. */
    public synchronized long changes(RepositoryId repository) {
        return changes.getOrDefault(repository, 0L);
    }

    /** Images that have anything of a repository. */
    public synchronized Set<String> images(RepositoryId repository) {
        Set<String> images = new HashSet<>();
        byImage.forEach((image, entries) -> {
            if (entries.values().stream()
                    .anyMatch(entered -> entered.entry().repository().equals(repository))) {
                images.add(image);
            }
        });
        return images;
    }

    @Override
    public synchronized Map<Digest, List<Entered>> of(String image) {
        Map<Digest, List<Entered>> all = new HashMap<>();
        byImage.getOrDefault(image, Map.of()).values().forEach(entered -> all.computeIfAbsent(
                        entered.entry().digest(), digest -> new ArrayList<>())
                .add(entered));
        return all;
    }

    @Override
    public void enter(LedgerEntry entry) throws InterruptedException {
        publisher.publishDurably(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry));
    }

    @Override
    public void forget(Collection<String> keys) throws InterruptedException {
        for (String key : keys) {
            publisher.publishDurably(Topic.IMAGES, key, key, null);
        }
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        LedgerEntry content = null;
        String failure = "";
        if (entry.value() != null) {
            try {
                content = Json.read(entry.value(), LedgerEntry.class);
            } catch (MalformedRecordException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        synchronized (this) {
            remove(entry.key());
            if (content != null) {
                imageOfKey.put(entry.key(), content.image());
                changes.merge(content.repository(), 1L, Long::sum);
                byImage.computeIfAbsent(content.image(), image -> new HashMap<>())
                        .put(entry.key(), new Entered(content, Instant.ofEpochMilli(entry.timestamp())));
            } else if (!failure.isEmpty()) {
                unreadable.put(entry.key(), failure);
            }
        }
        if (content != null) {
            onEntry.accept(content.repository());
        }
    }

    private void remove(String key) {
        unreadable.remove(key);
        String image = imageOfKey.remove(key);
        if (image != null) {
            byImage.computeIfPresent(image, (name, entries) -> {
                Entered gone = entries.remove(key);
                if (gone != null) {
                    changes.merge(gone.entry().repository(), 1L, Long::sum);
                }
                return entries.isEmpty() ? null : entries;
            });
        }
    }

    @Override
    public void close() {
        reader.close();
        clock.close(Duration.ofSeconds(3));
        publisher.close();
    }
}
